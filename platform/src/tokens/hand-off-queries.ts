import { hash, randomBytes } from 'node:crypto'
import { type SqlFragment, sql } from '../isolation/statement.ts'

/** Seconds until it is over. */
const life = 60

/** 256 random bits; only their hash is kept. */
export function newHandOffToken(): string {
  return randomBytes(32).toString('base64url')
}

export function insertHandOff(
  token: string,
  { userId, host, methods }: { readonly userId: string; readonly host: string; readonly methods: readonly string[] },
): SqlFragment<{ expiresAt: string }> {
  return sql<{ expiresAt: string }>`insert into tenantry.hand_offs (hash, user_id, host, methods, expires_at)
    values (${hashOf(token)}, ${userId}, ${host}, ${methods}::text[], tenantry.clock() + make_interval(secs => ${life}::int))
    returning expires_at`
}

/** Nothing for one that is none, was used, is over, or was made for another host. */
export function useHandOff(token: string, host: string): SqlFragment<{ userId: string; methods: string[] }> {
  return sql<{ userId: string; methods: string[] }>`update tenantry.hand_offs set used_at = tenantry.clock()
    where hash = ${hashOf(token)} and host = ${host} and used_at is null and expires_at > tenantry.clock()
    returning user_id, methods`
}

/** Those on their way lead nowhere any more. */
export function spoilHandOffs(userId: string): SqlFragment {
  return sql`update tenantry.hand_offs set used_at = tenantry.clock() where user_id = ${userId} and used_at is null`
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
