/** Each says what is wrong by its code; docs/guides/audit-verification.md says what each proves. */
export type FindingCode =
  | 'export_damaged'
  | 'export_not_signed'
  | 'export_cut_off'
  | 'segment_not_signed'
  | 'segment_altered'
  | 'segment_missing'
  | 'chain_broken'
  | 'other_tenant'
  | 'entry_altered'
  | 'entry_missing'
  | 'entry_not_sealed'
  | 'tail_missing'
  | 'published_otherwise'
  | 'checkpoint_not_signed'
  | 'no_checkpoint'

export interface Finding {
  readonly code: FindingCode
  readonly segment?: number
  /** Id of the entry. */
  readonly entry?: string
  readonly message: string
}

export interface ProofReport {
  readonly tenant: string | undefined
  readonly segments: number
  readonly entries: number
  /** Entries of the last seconds before the export, which no seal covers yet. */
  readonly unsealed: number
  /** Sealed entries that retention has removed since; their seals stand. */
  readonly gone: number
  /** Published checkpoints of this tenant that were compared. */
  readonly checkpoints: number
  readonly findings: readonly Finding[]
  readonly notes: readonly string[]
}

export class Findings {
  readonly #findings: Finding[] = []
  readonly #notes: string[] = []

  add(code: FindingCode, { segment, entry }: { segment?: number; entry?: string | null }, message: string): void {
    this.#findings.push({
      code,
      ...(segment === undefined ? {} : { segment }),
      ...(typeof entry === 'string' ? { entry } : {}),
      message,
    })
  }

  note(text: string): void {
    this.#notes.push(text)
  }

  report(numbers: Omit<ProofReport, 'findings' | 'notes'>): ProofReport {
    return { ...numbers, findings: this.#findings, notes: this.#notes }
  }
}
