import type { Query } from '@tanstack/react-query'
import { useLive } from './live-state.ts'

export type ChangeKind = 'tenants' | 'health' | 'bulk' | 'access' | 'operators' | 'jobs' | 'isolation' | 'nodes'

/** What the server says: something of the kind changed; null where it does not say which. */
export interface Hint {
  readonly kind: ChangeKind
  readonly ids: readonly string[] | null
}

interface Followed {
  readonly kinds: readonly ChangeKind[]
  readonly id: string | undefined
}

/** Milliseconds between two questions of a tab that hears of nothing by itself. */
const askAgain = 5_000

/**
 * For a query that is asked again when something of these kinds changes, of the one object if it is about one; and every few seconds
 * while nothing is heard. Not for what is inside a tenant: each look there is an entry in the tenant's log.
 *
 * @example
 * const { data } = useQuery({ queryKey: ['running'], queryFn: readRunning, ...useFollowing(['access']) })
 */
export function useFollowing(kinds: readonly ChangeKind[], id?: string) {
  const isLive = useLive()
  const follows: Followed = { kinds, id }
  return { meta: { follows }, refetchInterval: isLive ? (false as const) : askAgain }
}

export function isAbout({ meta }: Query, hints: readonly Hint[]): boolean {
  const followed = meta?.follows as Followed | undefined
  return hints.some(({ kind, ids }) => {
    if (!followed?.kinds.includes(kind)) return false
    return ids === null || followed.id === undefined || ids.includes(followed.id)
  })
}
