import { z } from 'zod'
import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import { problems } from '../problems/catalogue.ts'
import { type SettingDefinition, setting } from './setting.ts'

/** Where another product of the tenant's is reached, and what it is shown there. */
export interface Integration {
  readonly url: SettingDefinition<string>
  readonly token: SettingDefinition<string>
}

/**
 * The two settings of an integration: `integration.<name>.url` and `integration.<name>.token`.
 *
 * @example
 * const coreBanking = integration('core_banking', 'Core banking')
 * defineSystem({ settings: Object.values(coreBanking) })
 */
export function integration(name: string, title: string): Integration {
  return {
    url: setting({
      key: `integration.${name}.url`,
      title: `${title}: address`,
      category: 'integration',
      schema: z.url({ protocol: /^https?$/ }).max(2_000),
      default: null,
      check: async (url, { outbound }) => {
        try {
          await outbound.judge(url)
        } catch (error) {
          if (!(error instanceof OutboundFailure)) throw error
          if (error.code === 'address_refused') throw problems.address_refused(error.message)
        }
      },
    }),
    token: setting({
      key: `integration.${name}.token`,
      title: `${title}: token, sent as a bearer`,
      category: 'integration',
      schema: z
        .string()
        .min(1)
        .max(4_096)
        .regex(/^[\x21-\x7e]+$/, 'Must be visible ASCII without blanks: it goes into a header.'),
      default: null,
      secret: true,
    }),
  }
}

/** How a call of an integration ended: `answered`, or why nothing usable came back. */
export interface IntegrationCall {
  readonly reached: boolean
  readonly code: string
  readonly status: number | null
}

/**
 * Calls the address with the token that is set. What it answers is not shown: it may be of somebody else.
 *
 * @throws setting_unknown for a name that is no integration's, conflict while it has no address
 */
export async function callIntegration(
  scope: TenantScope,
  { settings, outbound }: Pick<Services, 'settings' | 'outbound'>,
  { system, name, signal }: { readonly system: string; readonly name: string; readonly signal: AbortSignal },
): Promise<IntegrationCall> {
  const { registry } = settings
  const url = await settings.get(scope, registry.find(system, `integration.${name}.url`) as SettingDefinition<string>)
  if (url === null) throw problems.conflict(`Set integration.${name}.url first.`)
  const token = await settings.openSecret(scope, registry.find(system, `integration.${name}.token`) as SettingDefinition<string>)
  const headers = { 'user-agent': 'integration', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  try {
    const { status } = await outbound.request({ tenantId: scope.context.tenantId, url, headers, mostBytes: 65_536, signal })
    return { reached: true, code: 'answered', status }
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error
    return { reached: false, code: error.code, status: null }
  }
}
