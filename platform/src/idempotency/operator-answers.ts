import type { Pool } from 'pg'
import type { OperatorPrincipal } from '../access/principal.ts'
import type { Answer, IdempotentCall } from '../http/pipeline.ts'
import { problems } from '../problems/catalogue.ts'
import { isFinal, type Kept, refusalOf, replay, statusOf } from './kept-answer.ts'
import { openSealed, sealFor } from './sealed-answer.ts'
import { withoutSecrets } from './secret-fields.ts'
import { reused } from './tenant-answers.ts'

/** Seconds after which a claim without an answer is that of a process that died. */
const claimSeconds = 60

interface Row {
  readonly claimed: boolean
  readonly bodyHash: Buffer
  readonly status: number | null
  readonly response: Buffer | null
}

/**
 * Runs a request of an operator that enters no tenant once. Its effect commits elsewhere (in the tenant that it makes, say), so
 * the key is claimed before and answered after; should the process die in between, the key is free again after a minute
 * and what is unique (a slug, an address) still refuses the second.
 */
export async function answerOnceForOperator(call: IdempotentCall, operator: OperatorPrincipal, pool: Pool): Promise<Answer> {
  const place = [operator.id, call.route.operation, sealFor(call.key).name] as const
  const row = await claim(pool, place, call.fingerprint)
  if (!row.claimed) {
    if (row.bodyHash.toString('hex') !== call.fingerprint) throw reused()
    if (row.status === null || row.response === null) {
      throw problems.idempotency_key_in_use('The first request with this key is still at work.', { retryAfter: 1 })
    }
    return replay(JSON.parse(openSealed(call.key, row.response)))
  }
  try {
    const answer = await call.run(call.context)
    await keep(pool, place, call.key, { answer: withoutSecrets(call.route, answer) })
    return answer
  } catch (error) {
    if (isFinal(error)) await keep(pool, place, call.key, refusalOf(error))
    else await pool.query(`delete from tenantry.operator_idempotency where ${here}`, [...place])
    throw error
  }
}

type Place = readonly [operatorId: string, route: string, keyHash: Buffer]

const here = 'operator_id = $1 and route = $2 and key_hash = $3'

async function claim(pool: Pool, place: Place, fingerprint: string): Promise<Row> {
  const { rows } = await pool.query<Row>(
    `with claimed as (
       insert into tenantry.operator_idempotency as o (operator_id, route, key_hash, body_hash)
       values ($1, $2, $3, decode($4, 'hex'))
       on conflict (operator_id, route, key_hash) do update
          set body_hash = excluded.body_hash, status = null, response = null, created_at = excluded.created_at
        where o.created_at < tenantry.clock() - interval '24 hours'
           or o.status is null and o.created_at < tenantry.clock() - make_interval(secs => $5)
       returning true as claimed, body_hash as "bodyHash", status, response)
     select * from claimed
     union all
     select false, body_hash, status, response from tenantry.operator_idempotency
      where ${here} and not exists (select from claimed)`,
    [...place, fingerprint, claimSeconds],
  )
  // None: claimed by somebody else so recently that this statement does not see it yet.
  const row = rows[0]
  if (row === undefined) throw problems.idempotency_key_in_use('The first request with this key is at work.', { retryAfter: 1 })
  return row
}

async function keep(pool: Pool, place: Place, key: string, kept: Kept): Promise<void> {
  await pool.query(`update tenantry.operator_idempotency set status = $4, response = $5 where ${here}`, [
    ...place,
    statusOf(kept),
    sealFor(key).seal(JSON.stringify(kept)),
  ])
}
