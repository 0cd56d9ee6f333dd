import { z } from 'zod'
import type { Answer } from '../http/pipeline.ts'
import { sqlStateOf } from '../isolation/database-problems.ts'
import { Problem } from '../problems/problem.ts'

/** What is kept of a request: the answer as it left, or the refusal as it was thrown. */
export type Kept = { readonly answer: Answer } | { readonly refusal: Refusal }

type Refusal = z.output<typeof Refusal>

const Refusal = z.object({
  code: z.string(),
  status: z.int(),
  title: z.string(),
  detail: z.string(),
  members: z.record(z.string(), z.unknown()),
})

const Stored = z.union([
  z.object({ answer: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string().nullable() }) }),
  z.object({ refusal: Refusal }),
])

/** Of two that met by accident one was turned away; the next try may well succeed. */
const passing = new Set(['40001', '40P01', '55P03'])

/**
 * A refusal that a repetition would meet again. Nothing is kept of what was our fault or of what time heals:
 * the client repeats it with the same key until it is decided.
 */
export function isFinal(error: unknown): error is Problem {
  return error instanceof Problem && error.status < 500 && error.status !== 429 && !passing.has(sqlStateOf(error) ?? '')
}

export function refusalOf({ code, status, title, message, members }: Problem): Kept {
  return { refusal: { code, status, title, detail: message, members: { ...members } } }
}

export function statusOf(kept: Kept): number {
  return 'answer' in kept ? kept.answer.status : kept.refusal.status
}

/** Tells what was kept once more. @throws the Problem that was the answer */
export function replay(stored: unknown): Answer {
  const kept = Stored.parse(stored)
  if ('answer' in kept) {
    return { ...kept.answer, headers: { ...kept.answer.headers, 'idempotency-replayed': 'true' } }
  }
  const { code, status, title, detail, members } = kept.refusal
  throw new Problem({ code, status, title, advice: '' }, detail, { members })
}
