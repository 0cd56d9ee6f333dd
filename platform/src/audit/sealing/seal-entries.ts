import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { registerLine, registerRoot } from '../proof/sealed-entry.ts'
import { hashOf, type SegmentStatement, signStatement } from '../proof/statements.ts'
import type { AuditSigner } from './audit-keys.ts'
import { headOf, keepSegment, momentOf, type PlacedEntry, settledEntries } from './segment-queries.ts'

/** Of a segment: what one query of the read lane may answer. */
const mostEntries = 1_000

/**
 * Seals what is settled and not sealed yet into the tenant's next segment. Answers how many entries that were.
 *
 * @throws Error in a cluster whose transactions are younger than the last seal
 */
export async function sealNext(scope: TenantScope, signer: AuditSigner): Promise<number> {
  const head = await headOf(scope)
  if (head.isAhead) {
    throw new Error(
      'Seals are ahead of this PostgreSQL: it was filled from a dump. Set its next transaction id beyond the old one (docs/guides/operations.md).',
    )
  }
  const entries = await settledEntries(scope, head.last, mostEntries)
  const last = entries.at(-1)
  if (last === undefined) return 0
  const register = entries.map(registerLine)
  const times = register.map(([, at]) => at).sort()
  const statement: SegmentStatement = {
    type: 'tenantry.audit.segment.v1',
    installation: signer.installation,
    tenant: scope.context.tenantId,
    segment: head.number + 1,
    entries: entries.length,
    total: head.total + entries.length,
    root: registerRoot(register),
    previous: head.hash,
    firstAt: times[0] ?? '',
    lastAt: times.at(-1) ?? '',
    sealedAt: await momentOf(scope),
    key: signer.keyId,
  }
  const signed = signStatement(statement, signer.privateKey)
  const segment = { ...signed, number: statement.segment, total: statement.total, sealedAt: statement.sealedAt, register }
  return (await keepSegment(scope, { ...segment, ...placeOf(last) }, hashOf(signed))) ? entries.length : 0
}

function placeOf({ xid, id }: PlacedEntry) {
  return { lastXid: xid, lastId: id ?? '' }
}
