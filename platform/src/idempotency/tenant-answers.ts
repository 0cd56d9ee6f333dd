import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, IdempotentCall } from '../http/pipeline.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { isFinal, type Kept, refusalOf, replay, statusOf } from './kept-answer.ts'
import { withoutSecrets } from './secret-fields.ts'
import { StepwiseScope } from './stepwise-scope.ts'

/** Milliseconds between two looks whether the first request with the key has ended; after the last one we say so. */
const pauses = [25, 50, 100, 200, 400, 800]

/**
 * Runs a request of a tenant's member or key once: the effect and its answer are committed together, so there is never one
 * without the other. A repetition gets the answer again; one that comes meanwhile waits, for about a second and a half.
 */
export async function answerOnceInTenant(call: IdempotentCall, scope: TenantScope): Promise<Answer> {
  for (const pause of [...pauses, undefined]) {
    const answer = await scope.transaction((transaction) => attempt(call, transaction))
    if (answer !== 'in use') return 'refused' in answer ? Promise.reject(answer.refused) : answer
    // Waiting holds no connection: of those there are few, and a client that repeats in a hurry must not take them all.
    if (pause !== undefined) await sleep(pause, undefined, { signal: call.request.signal })
  }
  throw problems.idempotency_key_in_use('The first request with this key is still at work.', { retryAfter: 1 })
}

type Attempt = Answer | { readonly refused: unknown } | 'in use'

async function attempt(call: IdempotentCall, transaction: TenantScope): Promise<Attempt> {
  const { actor } = transaction.context
  const place = { actorId: actor.id, route: call.route.operation, key: call.key }
  const [[lock], [kept]] = await transaction.batch([takeKey(transaction, place), findKept(place)])
  if (lock?.free !== true) return 'in use'
  if (kept !== undefined) {
    if (kept.bodyHash !== call.fingerprint) throw reused()
    return replayOf(kept.response)
  }
  let outcome: Kept
  let refused: unknown
  let answer: Answer | undefined
  try {
    // A refusal takes back what the handler did, and keeps the transaction.
    answer = await transaction.transaction((inner) => call.run({ ...call.context, scope: new StepwiseScope(inner) }))
    outcome = { answer: withoutSecrets(call.route, answer) }
  } catch (error) {
    if (!isFinal(error)) throw error
    refused = error
    outcome = refusalOf(error)
  }
  await transaction.run(keep(place, call.fingerprint, outcome))
  return answer ?? { refused }
}

/** A kept refusal ends its transaction in order, like a kept answer. */
function replayOf(stored: unknown): Attempt {
  try {
    return replay(stored)
  } catch (refused) {
    return { refused }
  }
}

export function reused() {
  return problems.idempotency_key_reused('The key was used for another request; this one was not carried out.')
}

interface Place {
  readonly actorId: string
  readonly route: string
  readonly key: string
}

/** Held until the transaction ends, on whatever node: the second of two at once is told to wait. */
function takeKey({ context }: TenantScope, { actorId, route, key }: Place) {
  const name = JSON.stringify([context.tenantId, actorId, route, key])
  return sql<{ free: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${name}, 7461)) as free`
}

function findKept({ actorId, route, key }: Place) {
  return sql<{ bodyHash: string; response: unknown }>`
    select encode(body_hash, 'hex') as body_hash, response from tenantry.idempotency_keys
     where actor_id = ${actorId} and route = ${route} and key = ${key}
       and created_at > tenantry.clock() - interval '24 hours' and status is not null`
}

/** Over one of more than a day ago, which nobody has pruned yet. */
function keep({ actorId, route, key }: Place, fingerprint: string, kept: Kept) {
  return sql`insert into tenantry.idempotency_keys (actor_id, route, key, body_hash, status, response)
    values (${actorId}, ${route}, ${key}, decode(${fingerprint}, 'hex'), ${statusOf(kept)}, ${JSON.stringify(kept)}::jsonb)
    on conflict (tenant_id, actor_id, route, key) do update
      set body_hash = excluded.body_hash, status = excluded.status, response = excluded.response, created_at = excluded.created_at`
}
