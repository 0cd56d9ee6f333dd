import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { Door } from './identity.ts'

export interface ActivityOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Pick<Directory, 'member' | 'membershipsOf'>
  /** A member of the tenant tried in vain. */
  readonly onFailedSignIn: (tenantId: string) => void
}

export type ActivityKind = 'signed_in' | 'sign_in_failed' | 'signed_out'

/** Writes down in the audit of a tenant that one of its members signed in, tried in vain, or signed out. */
export type NoteActivity = (
  kind: ActivityKind,
  userId: string,
  door: Pick<Door, 'tenantId' | 'address' | 'userAgent' | 'requestId'>,
  detail: Readonly<Record<string, unknown>>,
) => Promise<void>

/** On the bare domain, in the one that serves there. Of somebody who is no member of the tenant nothing is written there: that he exists is not its business. */
export function activityIn({ scope, directory, onFailedSignIn }: ActivityOptions): NoteActivity {
  return async (kind, userId, { tenantId: ofHost, address, userAgent, requestId }, detail) => {
    const tenantId = ofHost ?? (await directory.membershipsOf(userId)).find(({ status }) => status === 'active')?.tenant.id
    const member = tenantId === undefined ? undefined : await directory.member(tenantId, userId)
    if (tenantId === undefined || member === undefined) return
    if (kind === 'sign_in_failed') onFailedSignIn(tenantId)
    const origin = {
      address,
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(requestId === undefined ? {} : { requestId }),
    }
    const inside = scope({ tenantId, actor: { kind: 'member', id: member.id }, origin })
    const entry = sql`select tenantry.record_audit(${`platform.member.${kind}`}, 'tenantry.members', ${member.id}::uuid, ${JSON.stringify(detail)}::jsonb)`
    const counted = sql`select tenantry.add_usage(array['sign_ins'], array[1])`
    await inside.batch(kind === 'signed_in' ? [entry, counted] : [entry], { lane: 'write' })
  }
}
