import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

export interface NotificationRow {
  readonly id: string
  readonly kind: string
  readonly eventId: string
  readonly eventType: string
  readonly objectId: string
  readonly data: Readonly<Record<string, unknown>>
  readonly at: string
  readonly readAt: string | null
}

export interface ToldPerson {
  readonly email: string
  readonly byMail: boolean
}

export interface Telling {
  readonly event: {
    readonly id: string
    readonly type: string
    readonly objectId: string
    readonly data: unknown
    readonly at: string
  }
  readonly kind: string
  readonly roles: readonly string[]
  /** Of a role of the tenant's own that is told as well. */
  readonly permission: string
  /** As usual, for who has not chosen. */
  readonly mail: boolean
}

/**
 * One notification for each person of these roles, or whose own role has the permission, who reaches the whole tenant and wants
 * it. Answers those who were not told of the event before.
 */
export function insertNotifications(
  scope: TenantScope,
  { event, kind, roles, permission, mail }: Telling,
): Promise<ToldPerson[]> {
  return scope.run(sql<ToldPerson>`with audience as (
      select m.id, m.email, coalesce(p.console, true) as in_console, coalesce(p.mail, ${mail}::boolean) as by_mail
        from tenantry.members m
        left join tenantry.notification_preferences p on p.tenant_id = m.tenant_id and p.member_id = m.id and p.kind = ${kind}
        left join tenantry.custom_roles c on c.tenant_id = m.tenant_id and c.id = m.custom_role_id
       where (m.role = any(${roles}::text[]) or ${permission} = any(c.permissions)) and m.reach = 'all'),
    told as (
      insert into tenantry.notifications (event_id, member_id, kind, type, object_id, data, event_at, in_console)
      select ${event.id}::uuid, id, ${kind}, ${event.type}, ${event.objectId}::uuid, ${JSON.stringify(event.data)}::jsonb,
             ${event.at}::timestamptz, in_console
        from audience where in_console or by_mail
      on conflict (tenant_id, event_id, member_id) do nothing returning member_id)
    select a.email, a.by_mail from audience a join told t on t.member_id = a.id`)
}

const columns = sql`id, kind, event_id, type as event_type, object_id, data, event_at as at, read_at`

/** Newest first. */
export function listNotifications(
  scope: TenantScope,
  memberId: string,
  page: { readonly unread: boolean; readonly after: string | undefined; readonly limit: number },
): Promise<NotificationRow[]> {
  const conditions = [
    ownInConsole(memberId),
    ...(page.unread ? [sql`read_at is null`] : []),
    ...(page.after === undefined ? [] : [sql`id < ${page.after}::uuid`]),
  ]
  return scope.run(sql<NotificationRow>`select ${columns} from tenantry.notifications
    where ${sql.join(conditions, ' and ')} order by id desc limit ${page.limit}::int`)
}

export async function countUnread(scope: TenantScope, memberId: string): Promise<number> {
  const row = await scope.first(
    sql<{
      unread: number
    }>`select count(*)::int as unread from tenantry.notifications where ${ownInConsole(memberId)} and read_at is null`,
  )
  return row?.unread ?? 0
}

/** All of them; what was read keeps its time. */
export async function markAllRead(scope: TenantScope, memberId: string): Promise<number> {
  const marked = await scope.first(sql<{ count: number }>`with marked as (
      update tenantry.notifications set read_at = tenantry.clock()
       where ${ownInConsole(memberId)} and read_at is null returning id)
    select count(*)::int as count from marked`)
  return marked?.count ?? 0
}

/** Those named, if all of them are his; undefined, and nothing marked, if one is not. */
export async function markRead(scope: TenantScope, memberId: string, ids: readonly string[]): Promise<number | undefined> {
  const named = sql`${ownInConsole(memberId)} and id = any(${ids}::uuid[])`
  const marked = await scope.first(sql<{ own: number; count: number }>`with own as (
      select count(*)::int as count from tenantry.notifications where ${named}),
    marked as (
      update tenantry.notifications set read_at = tenantry.clock()
       where ${named} and read_at is null and (select count from own) = ${ids.length}::int returning id)
    select (select count from own) as own, (select count(*)::int from marked) as count`)
  return marked?.own === ids.length ? marked.count : undefined
}

function ownInConsole(memberId: string): SqlFragment {
  return sql`member_id = ${memberId}::uuid and in_console`
}

export interface PreferenceRow {
  readonly kind: string
  readonly console: boolean
  readonly mail: boolean
}

export function listPreferences(scope: TenantScope, memberId: string): Promise<PreferenceRow[]> {
  return scope.run(
    sql<PreferenceRow>`select kind, console, mail from tenantry.notification_preferences where member_id = ${memberId}::uuid`,
  )
}

/** Exactly these, and no others. */
export async function replacePreferences(scope: TenantScope, memberId: string, rows: readonly PreferenceRow[]): Promise<void> {
  const kinds = rows.map(({ kind }) => kind)
  await scope.run(sql`with dropped as (
      delete from tenantry.notification_preferences where member_id = ${memberId}::uuid and kind <> all(${kinds}::text[]))
    insert into tenantry.notification_preferences (member_id, kind, console, mail)
    select ${memberId}::uuid, * from unnest(${kinds}::text[], ${rows.map((row) => row.console)}::boolean[], ${rows.map((row) => row.mail)}::boolean[])
    on conflict (tenant_id, member_id, kind) do update set console = excluded.console, mail = excluded.mail`)
}

/** One that live streams tell, with whose it is. */
export interface PlacedNotification extends NotificationRow {
  readonly xid: string
  readonly memberId: string
}

/** After a place, in the order of (xid, id), and only what is older than every transaction still at work. */
export function notificationsAfter(
  scope: TenantScope,
  { xid, id }: { readonly xid: string; readonly id: string },
  limit: number,
): Promise<PlacedNotification[]> {
  return scope.run(sql<PlacedNotification>`select xid::text as xid, member_id, ${columns} from tenantry.notifications
     where (xid, id) > (${xid}::xid8, ${id}::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot()) and in_console
     order by xid, id limit ${limit}::int`)
}
