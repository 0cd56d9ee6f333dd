import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { ExportLine } from './proof/export-lines.ts'
import { entryMembers, type SealedEntry } from './proof/sealed-entry.ts'
import { noHash, signStatement } from './proof/statements.ts'
import type { AuditSigner } from './sealing/audit-keys.ts'
import {
  entriesAfter,
  entriesBetween,
  headOf,
  momentOf,
  noHead,
  type PlacedEntry,
  segmentsAfter,
} from './sealing/segment-queries.ts'

const segmentsAtOnce = 10

/**
 * Everything that proves a tenant's audit, line by line: each segment with its entries, then what is not sealed yet. Written
 * while it is read; `retentionDays` is what is promised for entries.
 */
export async function* exportAudit(scope: TenantScope, signer: AuditSigner, retentionDays: number): AsyncGenerator<string> {
  const end = await headOf(scope)
  yield lineOf({ kind: 'export', ...(await headerOf(scope, signer, retentionDays)) })
  let after = noHead.last
  let number = 0
  let written = 0
  let entries = 0
  while (number < end.number) {
    const segments = await segmentsAfter(scope, number, Math.min(segmentsAtOnce, end.number - number))
    const last = segments.at(-1)
    // Somebody took segments away: the verifier says which.
    if (last === undefined) break
    const found = await entriesBetween(scope, after, { xid: last.lastXid, id: last.lastId })
    let next = 0
    for (const { statement, signature, register, lastXid, lastId } of segments) {
      yield lineOf({ kind: 'segment', statement, signature, register: register.map(([id, at, digest]) => [id, at, digest]) })
      for (; next < found.length && isUpTo(found[next] as PlacedEntry, lastXid, lastId); next++, entries++)
        yield lineOf({ kind: 'entry', entry: entryOf(found[next] as PlacedEntry) })
      written++
    }
    number = last.number
    after = { xid: last.lastXid, id: last.lastId }
  }
  for await (const entry of entriesAfter(scope, after)) {
    entries++
    yield lineOf({ kind: 'unsealed', entry: entryOf(entry) })
  }
  yield lineOf({ kind: 'end', segments: written, entries })
}

async function headerOf(scope: TenantScope, signer: AuditSigner, retentionDays: number) {
  const head = await headOf(scope)
  return signStatement(
    {
      type: 'tenantry.audit.export.v1',
      installation: signer.installation,
      tenant: scope.context.tenantId,
      segments: head.number,
      head: head.number === 0 ? noHash : head.hash,
      keptFrom: await keptFrom(scope),
      retentionDays,
      exportedAt: await momentOf(scope),
      key: signer.keyId,
    },
    signer.privateKey,
  )
}

/** Where the oldest partition begins: what was before is gone for every tenant. Bounds are printed in UTC. */
async function keptFrom(scope: TenantScope): Promise<string> {
  const row = await scope.first(sql<{ from: string }>`
    select to_char(min((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM [(]''(.*?)'''))[1]::timestamptz) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as from
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'tenantry.audit_entries'::regclass`)
  return row?.from ?? ''
}

function isUpTo({ xid, id }: PlacedEntry, lastXid: string, lastId: string): boolean {
  return BigInt(xid) < BigInt(lastXid) || (xid === lastXid && (id ?? '') <= lastId)
}

function entryOf(entry: PlacedEntry): SealedEntry {
  return Object.fromEntries(entryMembers.map((member) => [member, entry[member]])) as SealedEntry
}

function lineOf(line: ExportLine): string {
  return `${JSON.stringify(line)}\n`
}
