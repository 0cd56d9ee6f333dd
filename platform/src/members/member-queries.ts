import type { Role } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { Reach, TenantScope } from '../isolation/tenant-scope.ts'
import { wordsOf } from '../resources/search.ts'
import type { Member, MemberFilter } from './member.ts'

const columns = sql`m.id, m.user_id, m.email, m.name, m.role, m.custom_role_id, m.role in ('owner', 'admin') as tenant_admin, m.reach,
  array(select g.object_id from tenantry.grants g where g.tenant_id = m.tenant_id and g.actor_id = m.id order by 1) as grants,
  m.invited_by, m.joined_at, m.last_active_at, m.version`

export function findMember(scope: TenantScope, id: string): Promise<Member | undefined> {
  return scope.first(sql<Member>`select ${columns} from tenantry.members m where m.id = ${id}`)
}

/** In the order in which they joined. */
export function listMembers(
  scope: TenantScope,
  filter: MemberFilter,
  page: { readonly after?: { readonly joinedAt: string; readonly id: string } | undefined; readonly limit: number },
): Promise<Member[]> {
  const { after } = page
  const conditions = [
    sql`m.tenant_id = ${scope.context.tenantId}`,
    ...(filter.role === undefined ? [] : [sql`m.role = ${filter.role} and m.custom_role_id is null`]),
    ...(filter.customRoleId === undefined ? [] : [sql`m.custom_role_id = ${filter.customRoleId}::uuid`]),
    ...(after === undefined ? [] : [sql`(m.joined_at, m.id) > (${after.joinedAt}::timestamptz, ${after.id}::uuid)`]),
    ...wordsOf(filter.search ?? '').map(
      (word) => sql`exists (select from tenantry.search_tokens s where s.tenant_id = m.tenant_id
        and s.target = 'tenantry.members' and s.object_id = m.id and s.token ^@ ${word})`,
    ),
  ]
  return scope.run(
    sql<Member>`select ${columns} from tenantry.members m where ${sql.join(conditions, ' and ')} order by m.joined_at, m.id limit ${page.limit}`,
  )
}

export interface MemberRow {
  readonly id: string
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly invitedBy: string | null
}

/** A conflict when the person is a member already. */
export function insertMember(member: MemberRow): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`with made as (
      insert into tenantry.members (id, user_id, email, name, role, custom_role_id, reach, invited_by)
      values (${member.id}, ${member.userId}, ${member.email}, ${member.name}, ${member.role}, ${member.customRoleId}, ${member.reach},
        ${member.invitedBy})
      returning id, name, role)
    select id from made
     where tenantry.emit('platform.member.joined', id, jsonb_build_object('name', name, 'role', role))::text is not null`
}

/** `type`: what the tenant is told. */
export function updateMember(
  id: string,
  type: 'platform.member.role_changed' | 'platform.member.updated',
  { role, customRoleId, reach }: { readonly role: Role; readonly customRoleId: string | null; readonly reach: Reach },
): SqlFragment {
  return sql`with changed as (
      update tenantry.members m set role = ${role}, custom_role_id = ${customRoleId}, reach = ${reach}, version = version + 1
       where id = ${id} returning id, name, role, custom_role_id)
    select id from changed
     where tenantry.emit(${type}, id,
       jsonb_build_object('name', name, 'role', role, 'customRoleId', custom_role_id))::text is not null`
}

/** His grants go with him. */
export function deleteMember(id: string): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`with grants_gone as (delete from tenantry.grants where actor_id = ${id}),
    gone as (delete from tenantry.members where id = ${id} returning id, name, role)
    select id from gone
     where tenantry.emit('platform.member.left', id, jsonb_build_object('name', name, 'role', role))::text is not null`
}
