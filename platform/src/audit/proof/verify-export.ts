import { knownCheckpoints } from './checkpoints.ts'
import { CheckpointFile, ExportLine } from './export-lines.ts'
import { Findings, type ProofReport } from './findings.ts'
import { SegmentCheck, type SegmentLine } from './segment-check.ts'
import { type AuditKeys, ExportStatement, hashOf, noHash, parseJson, readStatement, SegmentStatement } from './statements.ts'

export interface Evidence {
  /** Of the export, one JSON document each. */
  readonly lines: AsyncIterable<string>
  /** What was published: the parsed checkpoint file. */
  readonly checkpoints: unknown
  readonly keys: AuditKeys
}

/**
 * Verifies an export with nothing but what is public. Reads it once, segment by segment, whatever its size.
 *
 * @throws ZodError for a checkpoint file that is none
 * @example
 * const report = await verifyExport({ lines, checkpoints: JSON.parse(file), keys: readAuditKeys(JSON.parse(keyFile)) })
 * if (report.findings.length > 0) …
 */
export async function verifyExport({ lines, checkpoints, keys }: Evidence): Promise<ProofReport> {
  const findings = new Findings()
  const published = CheckpointFile.parse(checkpoints).items
  let header: ExportStatement | undefined
  let current: SegmentCheck | undefined
  let ended: { segments: number; entries: number } | undefined
  const seen = { segments: 0, entries: 0, unsealed: 0, gone: 0 }
  const hashes = new Map<number, string>()
  let last = { number: 0, hash: noHash, total: 0 }

  const settle = () => {
    if (current !== undefined) seen.gone += current.settle()
    current = undefined
  }

  const takeSegment = (line: SegmentLine) => {
    settle()
    seen.segments++
    const statement = readStatement(SegmentStatement, line, keys)
    if (statement === undefined) {
      findings.add(
        'segment_not_signed',
        { segment: last.number + 1 },
        'It was not signed by a key that was given, or has another form.',
      )
      last = { number: last.number + 1, hash: hashOf(line), total: last.total }
      return
    }
    const { segment, previous, total, entries } = statement
    if (statement.tenant !== header?.tenant || statement.installation !== header.installation)
      findings.add('other_tenant', { segment }, `It belongs to the tenant ${statement.tenant}.`)
    if (segment !== last.number + 1)
      findings.add('segment_missing', { segment: last.number + 1 }, `After segment ${last.number} comes ${segment}.`)
    else if (previous !== last.hash || total !== last.total + entries)
      findings.add('chain_broken', { segment }, `It does not continue segment ${last.number}.`)
    last = { number: segment, hash: hashOf(line), total }
    hashes.set(segment, last.hash)
    current = new SegmentCheck(statement, line, header, findings)
  }

  for await (const text of lines) {
    if (text === '') continue
    const parsed = ExportLine.safeParse(parseJson(text))
    if (!parsed.success) {
      findings.add('export_damaged', {}, `A line cannot be read: ${text.slice(0, 60)}`)
      continue
    }
    const line = parsed.data
    if (line.kind === 'export') {
      header = readStatement(ExportStatement, line, keys)
      if (header === undefined) findings.add('export_not_signed', {}, 'The first line was not signed by a key that was given.')
    } else if (line.kind === 'segment') takeSegment(line)
    else if (line.kind === 'end') ended = line
    else {
      seen.entries++
      if (line.kind === 'unsealed') settle()
      if (line.entry.tenant !== header?.tenant)
        findings.add('other_tenant', { entry: line.entry.id }, `The entry belongs to the tenant ${line.entry.tenant}.`)
      if (line.kind === 'unsealed') {
        seen.unsealed++
        if (isOverdue(line.entry.at, header))
          findings.add('entry_not_sealed', { entry: line.entry.id }, `It is of ${line.entry.at}, and no segment names it.`)
      } else if (current === undefined) findings.add('entry_not_sealed', { entry: line.entry.id }, 'No segment names the entry.')
      else current.take(line.entry)
    }
  }
  settle()

  if (header !== undefined && (header.segments !== last.number || header.head !== last.hash))
    findings.add('segment_missing', { segment: last.number + 1 }, `The export was made with ${header.segments} segments.`)
  if (ended === undefined || ended.segments !== seen.segments || ended.entries !== seen.entries)
    findings.add('export_cut_off', {}, 'Its last line is missing, or counts other lines than there are.')
  const checked = knownCheckpoints(published, keys, header?.tenant, findings)
  for (const { segment, hash, total, erasedAt } of checked) {
    if (segment > last.number)
      findings.add('tail_missing', { segment: last.number + 1 }, `${total} entries in ${segment} segments were published.`)
    else if (hashes.has(segment) && hashes.get(segment) !== hash)
      findings.add('published_otherwise', { segment }, 'Another seal was published under this number.')
    if (erasedAt !== undefined) findings.note(`The tenant was erased at ${erasedAt}.`)
  }
  if (checked.length === 0)
    findings.add('no_checkpoint', {}, 'None of the checkpoints is about this tenant: a whole chain made anew would not be seen.')
  return findings.report({ tenant: header?.tenant, ...seen, checkpoints: checked.length })
}

/** Entries are sealed within seconds of their commit, and no transaction lasts for an hour. */
function isOverdue(at: string | null, header: ExportStatement | undefined): boolean {
  return header !== undefined && Date.parse(at ?? '') < Date.parse(header.exportedAt) - 3_600_000
}
