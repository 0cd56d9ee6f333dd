import type { Findings } from './findings.ts'
import {
  type AuditKeys,
  hashOf,
  parseJson,
  readStatement,
  SegmentStatement,
  type Signed,
  TombstoneStatement,
} from './statements.ts'

export interface Checkpoint {
  readonly segment: number
  readonly hash: string
  readonly total: number
  readonly erasedAt?: string
}

/** The published checkpoints of one tenant, those of others left aside. One that nobody signed is a finding. */
export function knownCheckpoints(
  published: readonly Signed[],
  keys: AuditKeys,
  tenant: string | undefined,
  findings: Findings,
): readonly Checkpoint[] {
  return published.flatMap((signed): Checkpoint[] => {
    const claimed = parseJson(signed.statement) as { tenant?: unknown } | undefined
    if (claimed?.tenant !== tenant) return []
    const segment = readStatement(SegmentStatement, signed, keys)
    if (segment !== undefined) return [{ segment: segment.segment, hash: hashOf(signed), total: segment.total }]
    const tombstone = readStatement(TombstoneStatement, signed, keys)
    if (tombstone?.head) return [{ ...tombstone.head, erasedAt: tombstone.erasedAt }]
    if (tombstone === undefined) findings.add('checkpoint_not_signed', {}, 'A checkpoint was not signed by a key that was given.')
    return []
  })
}
