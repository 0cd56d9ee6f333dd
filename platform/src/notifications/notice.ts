import { z } from 'zod'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'

/** What those who run the platform have to say to a tenant's owners and admins. Plain text. */
export const Notice = z.strictObject({
  subject: z.string().trim().min(1).max(150),
  message: z.string().trim().min(1).max(4000),
})
export type Notice = z.output<typeof Notice>

export const noticeGiven = 'platform.notice.given'

/**
 * Tells them as of anything else that happens: in their portal, and by mail in the tenant's brand where they have not switched it off.
 *
 * @throws conflict where nobody could read it: there is no owner or admin, or the tenant is blocked or archived
 */
export async function giveNotice(scope: TenantScope, notice: Notice): Promise<void> {
  const given = await scope.run(
    sql`select tenantry.emit(${noticeGiven}, t.id, ${JSON.stringify(notice)}::jsonb) from tenantry.tenants t
      where (t.status = 'active' or t.status = 'suspended' and t.suspension = 'read_only')
        and exists (select from tenantry.members where role in ('owner', 'admin') and reach = 'all')`,
    { lane: 'write' },
  )
  if (given.length === 0) {
    throw problems.conflict('Nobody could read it: the tenant has no owner or admin, or is blocked or archived.')
  }
}
