import { Problem } from '../../problems/problem.ts'
import type { LaneStatistics } from '../lane.ts'
import type { LaneOverrides } from '../lane-settings.ts'
import type { ScopeContext } from '../tenant-scope.ts'

/** What a thread starts with. */
export interface ThreadSettings {
  readonly url: string
  readonly lanes: LaneOverrides
  readonly prepared: boolean
}

/** To the thread. `more`: one piece was taken. */
export type Order =
  | {
      readonly kind: 'begin'
      readonly id: number
      readonly context: ScopeContext
      readonly module: string
      readonly name: string
      readonly told: unknown
    }
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'leave'; readonly id: number }
  | { readonly kind: 'close' }

/** From the thread. */
export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'piece'; readonly id: number; readonly text: string }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'refusal'; readonly id: number; readonly refusal: Refusal }
  | { readonly kind: 'worked'; readonly tenantId: string; readonly milliseconds: number }
  | { readonly kind: 'statistics'; readonly slow: LaneStatistics }
  | { readonly kind: 'warning'; readonly error: unknown; readonly message: string }

/** Pieces that are on their way or wait at the other side, of one answer. */
export const piecesAhead = 4

/** An error that may cross: what makes a Problem one would be lost on the way. */
export interface Refusal {
  readonly error: unknown
  readonly problem: Pick<Problem, 'code' | 'status' | 'title' | 'members'> | undefined
}

export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Problem)) return { error: asData(error), problem: undefined }
  const { code, status, title, members } = error
  return { error: asData(error), problem: { code, status, title, members } }
}

export function errorOf({ error, problem }: Refusal): unknown {
  if (problem === undefined || !(error instanceof Error)) return error
  const { code, status, title, members } = problem
  return new Problem({ code, status, title, advice: '' }, error.message, { members, cause: error.cause ?? error })
}

/** Errors are cloned with their messages, stacks and causes; what cannot be is told in words. */
function asData(error: unknown): unknown {
  try {
    return structuredClone(error)
  } catch {
    return new Error(String(error))
  }
}
