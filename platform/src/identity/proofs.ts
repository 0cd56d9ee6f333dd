import { createHash, randomBytes } from 'node:crypto'
import { sql } from '../isolation/statement.ts'
import type { RealmScope } from './realm-scope.ts'

export type ProofKind = 'reset' | 'verify' | 'second_factor' | 'passkey'

export interface NewProof {
  readonly kind: ProofKind
  readonly userId?: string
  readonly host: string
  readonly minutes: number
  /** What has to be known when the answer comes. */
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface Proof {
  readonly userId: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** Asks for something once. The token is told once; only its hash is kept. */
export async function makeProof(realm: RealmScope, { kind, userId, host, minutes, detail }: NewProof): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await realm.run(sql`
    insert into identity.proofs (hash, kind, user_id, host, detail, expires_at)
    values (${hashOf(token)}, ${kind}, ${userId ?? null}::uuid, ${host}, ${JSON.stringify(detail ?? {})}::jsonb,
            tenantry.clock() + make_interval(mins => ${minutes}))`)
  return token
}

/** The one use of it: of many at once one gets it. Undefined for all that is over, used, of another host or never was. */
export function takeProof(realm: RealmScope, kind: ProofKind, token: string, host: string): Promise<Proof | undefined> {
  return realm.first(sql<Proof>`
    delete from identity.proofs
     where hash = ${hashOf(token)} and kind = ${kind} and host = ${host} and expires_at > tenantry.clock()
    returning user_id, detail`)
}

/** One of the tries that it allows. It stays until it is taken. */
export function tryProof(
  realm: RealmScope,
  kind: ProofKind,
  token: string,
  host: string,
  tries: number,
): Promise<Proof | undefined> {
  return realm.first(sql<Proof>`
    update identity.proofs set tries = tries + 1
     where hash = ${hashOf(token)} and kind = ${kind} and host = ${host} and expires_at > tenantry.clock() and tries < ${tries}
    returning user_id, detail`)
}

/** Links that were sent before a password changed are worth nothing after it. */
export async function dropProofsOf(realm: RealmScope, userId: string): Promise<void> {
  await realm.run(sql`delete from identity.proofs where user_id = ${userId}::uuid`)
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
