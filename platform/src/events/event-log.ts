import type { TenantPrincipal } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition } from '../system.ts'
import type { OutboxEvent } from './event.ts'
import { createEventAccess } from './event-access.ts'
import { LiveFeed, type Place } from './live-feed.ts'

export interface EventRow extends Omit<OutboxEvent, 'tenantId'>, Place {}

/** Which come first. */
export type EventOrder = 'oldest' | 'newest'

export interface EventLog {
  /** Beginnings of the types that somebody may read; none where he may read nothing. */
  visibleTo(principal: Pick<TenantPrincipal, 'permissions'>): readonly string[]
  /** Events behind a place in the order asked for, for as long as they are kept. `type` is exact, or a prefix that ends in `.*`. */
  list(
    scope: TenantScope,
    asked: {
      readonly visible: readonly string[]
      readonly type: string | undefined
      readonly order: EventOrder
      readonly after: Place | undefined
      readonly limit: number
    },
  ): Promise<EventRow[]>
  /** Events as they come, as the text of server-sent events. @throws quota_exceeded: too many streams */
  follow(
    scope: TenantScope,
    options: { readonly visible: readonly string[]; readonly after: string | undefined; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<string>>
}

declare module '../http/route.ts' {
  interface Services {
    readonly eventLog: EventLog
  }
}

export interface EventLogOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly systems: readonly Pick<SystemDefinition, 'resources'>[]
}

export function createEventLog({ scope: openScope, systems }: EventLogOptions): EventLog {
  const feed = new LiveFeed<EventRow>({
    scope: openScope,
    name: 'event',
    event: 'event',
    read: (scope, after, limit) => eventsBehind(scope, { order: 'oldest', after, limit }),
    show: ({ xid: _, ...event }) => event,
  })
  return {
    visibleTo: createEventAccess(systems),
    list: (scope, { visible, type, ...page }) =>
      eventsBehind(scope, page, [beginsWithOne(visible), ...(type === undefined ? [] : [typeIs(type)])]),
    follow: (scope, { visible, ...options }) =>
      feed.follow(scope, { ...options, wants: ({ type }) => visible.some((beginning) => type.startsWith(beginning)) }),
  }
}

/** Only what is older than every transaction still at work, so that nothing turns up before a place that was told. */
function eventsBehind(
  scope: TenantScope,
  { order, after, limit }: { readonly order: EventOrder; readonly after: Place | undefined; readonly limit: number },
  further: readonly SqlFragment[] = [],
): Promise<EventRow[]> {
  const conditions = [
    ...(after === undefined ? [] : [isBehind(after, order)]),
    sql`xid < pg_snapshot_xmin(pg_current_snapshot())`,
    ...further,
  ]
  const direction = order === 'oldest' ? sql`asc` : sql`desc`
  return scope.run(sql<EventRow>`select xid::text as xid, id, type, object_id, version, data, at from tenantry.events
    where ${sql.join(conditions, ' and ')} order by xid ${direction}, id ${direction} limit ${limit}::int`)
}

function isBehind({ xid, id }: Place, order: EventOrder): SqlFragment {
  return order === 'oldest' ? sql`(xid, id) > (${xid}::xid8, ${id}::uuid)` : sql`(xid, id) < (${xid}::xid8, ${id}::uuid)`
}

function beginsWithOne(visible: readonly string[]): SqlFragment {
  return sql`exists (select from unnest(${visible}::text[]) visible where type ^@ visible)`
}

function typeIs(type: string): SqlFragment {
  return type.endsWith('.*') ? sql`type ^@ ${type.slice(0, -1)}` : sql`type = ${type}`
}
