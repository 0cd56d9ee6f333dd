import type { TenantEntry } from '../directory/entries.ts'
import { problems } from '../problems/catalogue.ts'

/** Names by which a payload may say whose it is, in small letters. */
export const tenantNames: readonly string[] = ['tenant', 'tenant_id', 'tenantid']

/** Whether a text names this tenant: its id, slug or name; case counts in the name only. */
export function isTenant({ id, slug, name }: TenantEntry, text: string): boolean {
  return text === name || [id, slug].includes(text.toLowerCase())
}

/** The tenant is that of the credential: who names another one did not mean to write here, and nothing of it is stored. */
export function refuseOtherTenant(tenant: TenantEntry, text: string, line: number): void {
  if (isTenant(tenant, text)) return
  throw problems.other_tenant_named(`Line ${line} names a tenant that is not yours. Nothing was stored.`, { line })
}
