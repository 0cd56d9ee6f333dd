import { createHash } from 'node:crypto'
import { sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import type { RealmScope } from './realm-scope.ts'

/** Something that is counted, and how often it may happen within a quarter of an hour. */
export interface Counted {
  /** Its first part says what for. */
  readonly subject: readonly [string, ...string[]]
  readonly most: number
}

/** Where attempts come from: they are counted together. */
export interface Network {
  readonly bucket: string
  /** How many may fail within a quarter of an hour, over all accounts. */
  readonly most: number
}

interface Row {
  readonly count: number
  readonly secondsLeft: number
}

/**
 * Counts before it is known how an attempt ends, so that many at once are no way around. All nodes count together.
 * Counts are never of an account alone: nobody shuts another one out by guessing at his.
 *
 * @throws rate_limited with `retryAfter`
 */
export async function countAttempt(realm: RealmScope, counted: readonly Counted[]): Promise<void> {
  // The widest first: who is refused by it leaves no row for each thing that he tried.
  for (const { subject, most } of counted.toReversed()) {
    const row = await realm.first(sql<Row>`
      insert into identity.attempts as a (subject, count, since) values (${hashOf(subject)}, 1, tenantry.clock())
      on conflict (realm_id, subject) do update
        set count = case when a.since < excluded.since - interval '15 minutes' then 1 else a.count + 1 end,
            since = case when a.since < excluded.since - interval '15 minutes' then excluded.since else a.since end
      returning count, ceil(extract(epoch from since + interval '15 minutes' - tenantry.clock()))::int as seconds_left`)
    if (row === undefined || row.count <= most) continue
    const retryAfter = Math.max(1, row.secondsLeft)
    throw problems.rate_limited(`Too many attempts from here; wait ${retryAfter} s.`, { retryAfter })
  }
}

/** It was no failure after all: the first is forgotten, the others have one less. */
export async function forgiveAttempt(realm: RealmScope, [own, ...shared]: readonly Counted[]): Promise<void> {
  const hashes = shared.map(({ subject }) => hashOf(subject))
  await realm.run(sql`
    with forgotten as (delete from identity.attempts where subject = ${own === undefined ? null : hashOf(own.subject)})
    update identity.attempts set count = greatest(count - 1, 0) where subject = any(${hashes}::bytea[])`)
}

function hashOf(subject: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(subject)).digest()
}
