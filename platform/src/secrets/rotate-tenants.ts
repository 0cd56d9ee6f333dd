import type { Pool } from 'pg'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { rewrapMails } from '../mail/sealed-mail.ts'
import type { SecretService } from './secrets.ts'

const tenantsAtOnce = 500

export interface Rotation {
  readonly tenants: number
  /** Whose key was sealed with an older master key until now. */
  readonly sealedAnew: number
  /** Waiting mails that were. */
  readonly mails: number
}

/**
 * Seals every tenant's key, and its waiting mails, with the newest master key, tenant by tenant. Each is one statement, and what is
 * sealed with that key already is left alone: broken off at any point and begun anew it goes on where it was.
 *
 * @param pool of the directory role: which tenants there are
 * @throws SecretUnreadable at a key whose master key is not configured any more
 */
export async function rotateTenants(
  pool: Pool,
  secrets: SecretService,
  scopeOf: (tenantId: string) => TenantScope,
): Promise<Rotation> {
  let [tenants, sealedAnew, mails] = [0, 0, 0]
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await pool.query<{ id: string }>('select id from tenantry.tenants where id > $1 order by id limit $2', [
      after,
      tenantsAtOnce,
    ])
    for (const { id } of rows) {
      const scope = scopeOf(id)
      if (await secrets.rewrap(scope)) sealedAnew += 1
      mails += await rewrapMails(scope, secrets.box)
    }
    tenants += rows.length
    const last = rows.at(-1)
    if (last === undefined) return { tenants, sealedAnew, mails }
    after = last.id
  }
}
