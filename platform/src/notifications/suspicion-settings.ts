import { z } from 'zod'
import { setting } from '../settings/setting.ts'

const ofSecurity = { category: 'security', write: 'settings:secure' } as const
const Count = z.int().min(1).max(10_000)

/** From how many within a quarter of an hour something is suspicious. */
export const suspicionSettings = {
  failedSignIns: setting({
    ...ofSecurity,
    key: 'security.failed_sign_ins',
    title: 'Failed sign-ins of members within 15 minutes that are suspicious',
    schema: Count,
    default: 10,
  }),
  refusedTenants: setting({
    ...ofSecurity,
    key: 'security.refused_tenants',
    title: 'Uses of the tenant’s credentials on another tenant, within 15 minutes, that are suspicious',
    schema: Count,
    default: 3,
  }),
  exports: setting({
    ...ofSecurity,
    key: 'security.exports',
    title: 'Exports of one member or key within 15 minutes that are suspicious',
    schema: Count,
    default: 20,
  }),
} as const
