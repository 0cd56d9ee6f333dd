import { createHash, randomBytes } from 'node:crypto'
import type { PersonPrincipal } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { BrowserSession, Door, IdentityService } from './identity.ts'
import type { RealmScope } from './realm-scope.ts'
import { cookieOf, tokenOfCookies } from './session-cookie.ts'

type Which = Parameters<IdentityService['endSessions']>[1]

/** Seven days since it was last used, ninety since it began. */
const end: SqlFragment = sql`least(tenantry.clock() + interval '7 days', created_at + interval '90 days')`

export async function insertSession(
  realm: RealmScope,
  userId: string,
  { host, tenantId, address, userAgent }: Pick<Door, 'host' | 'tenantId' | 'address' | 'userAgent'>,
  methods: readonly string[],
): Promise<{ readonly id: string; readonly cookie: string }> {
  const token = randomBytes(32).toString('base64url')
  const row = await realm.first(sql<{ id: string }>`
    insert into identity.session (user_id, token, tenant_id, host, methods, ip_address, user_agent, expires_at)
    values (${userId}::uuid, ${stored(token)}, ${tenantId ?? null}::uuid, ${host}, ${[...methods]}::text[], ${address},
            ${userAgent?.slice(0, 500).replaceAll('\0', '').toWellFormed() ?? null}, tenantry.clock() + interval '7 days')
    returning id`)
  return { id: row?.id ?? '', cookie: cookieOf(token) }
}

interface LiveSession {
  readonly sessionId: string
  readonly methods: readonly string[]
  readonly id: string
  readonly email: string
  readonly name: string
  readonly stale: boolean
}

export async function readSession(
  realm: RealmScope,
  cookies: string | undefined,
  { host, tenantId }: Pick<Door, 'host' | 'tenantId'>,
): Promise<PersonPrincipal | undefined> {
  const token = tokenOfCookies(cookies)
  if (token === undefined) return undefined
  const live = await realm.first(sql<LiveSession>`
    select s.id as session_id, s.methods, u.id, u.email, u.name, s.updated_at < tenantry.clock() - interval '1 hour' as stale
      from identity.session s join identity."user" u on u.realm_id = s.realm_id and u.id = s.user_id
     where s.token = ${stored(token)} and s.host = ${host} and s.tenant_id is not distinct from ${tenantId ?? null}::uuid
       and s.expires_at > tenantry.clock()`)
  if (live === undefined) return undefined
  if (live.stale) {
    await realm.run(
      sql`update identity.session set updated_at = tenantry.clock(), expires_at = ${end} where id = ${live.sessionId}::uuid`,
    )
  }
  const { sessionId, methods, id, email, name } = live
  return {
    kind: 'person',
    id,
    realmId: realm.realmId,
    email,
    name,
    session: { kind: 'browser', id: sessionId },
    tenantId,
    methods,
  }
}

export async function listSessions(realm: RealmScope, userId: string): Promise<BrowserSession[]> {
  type Row = Omit<BrowserSession, 'tenantId' | 'address' | 'userAgent'> & {
    readonly tenantId: string | null
    readonly address: string | null
    readonly userAgent: string | null
  }
  const rows = await realm.run(sql<Row>`
    select id, tenant_id, host, methods, ip_address as address, user_agent, created_at, updated_at as used_at, expires_at
      from identity.session where user_id = ${userId}::uuid and expires_at > tenantry.clock() order by id desc limit 200`)
  return rows.map((row) => ({
    ...row,
    tenantId: row.tenantId ?? undefined,
    address: row.address ?? undefined,
    userAgent: row.userAgent ?? undefined,
  }))
}

export async function deleteSessions(realm: RealmScope, userId: string, which: Which): Promise<number> {
  const rows = await realm.run(sql<{ id: string }>`
    delete from identity.session where user_id = ${userId}::uuid and ${condition(which)} returning id`)
  return rows.length
}

function condition(which: Which): SqlFragment {
  if ('id' in which) return sql`id = ${which.id}::uuid`
  if ('tenantId' in which) return sql`tenant_id = ${which.tenantId}::uuid`
  return sql`id is distinct from ${which.except ?? null}::uuid`
}

function stored(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
