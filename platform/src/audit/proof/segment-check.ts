import type { Findings } from './findings.ts'
import { entryDigest, type RegisterLine, registerRoot, type SealedEntry } from './sealed-entry.ts'
import type { ExportStatement, SegmentStatement, Signed } from './statements.ts'

export interface SegmentLine extends Signed {
  readonly register: readonly RegisterLine[]
}

/** Compares the entries of one segment with what its register says of them. */
export class SegmentCheck {
  readonly #statement: SegmentStatement
  readonly #header: ExportStatement | undefined
  readonly #findings: Findings
  readonly #awaited: Map<string, RegisterLine>
  readonly #sound: boolean

  constructor(statement: SegmentStatement, { register }: SegmentLine, header: ExportStatement | undefined, findings: Findings) {
    this.#statement = statement
    this.#header = header
    this.#findings = findings
    this.#awaited = new Map(register.map((line) => [line[0], line]))
    this.#sound = register.length === statement.entries && registerRoot(register) === statement.root
    if (!this.#sound)
      findings.add('segment_altered', { segment: statement.segment }, 'Its register is not the one that was signed.')
  }

  take(entry: SealedEntry): void {
    const { segment } = this.#statement
    const line = this.#awaited.get(entry.id ?? '')
    if (line === undefined) {
      this.#findings.add('entry_not_sealed', { segment, entry: entry.id }, 'It is not one of those that were sealed here.')
      return
    }
    this.#awaited.delete(line[0])
    if (line[1] !== entry.at || line[2] !== entryDigest(entry))
      this.#findings.add('entry_altered', { segment, entry: entry.id }, 'It is not what was sealed.')
  }

  /** Answers how many entries are gone by retention; every other one that is missing is a finding. */
  settle(): number {
    const { segment } = this.#statement
    let gone = 0
    for (const [id, at] of this.#awaited.values()) {
      // An altered register could call anything old.
      if (this.#sound && this.#isGoneByRetention(at)) gone++
      else this.#findings.add('entry_missing', { segment, entry: id }, `It was sealed, and was of ${at}.`)
    }
    return gone
  }

  /** Whoever removes entries early can say so, but the days that were promised contradict him. */
  #isGoneByRetention(at: string): boolean {
    if (this.#header === undefined) return false
    const { keptFrom, retentionDays, exportedAt } = this.#header
    const promised = Date.parse(exportedAt) - retentionDays * 86_400_000
    return at < keptFrom && Date.parse(at) < promised
  }
}
