import type { ContextStatement } from './context-statement.ts'
import { noRows, type RowReader } from './row-reader.ts'
import type { StatementFacts } from './statement-facts.ts'
import type { RowBytes } from './tenant-scope.ts'
import type { WireValue } from './wire-values.ts'

const noValues: readonly WireValue[] = []

/** One statement of a batch, and what came back for it. */
export class Step {
  readonly facts: StatementFacts
  readonly values: readonly WireValue[]
  /** Rows after which PostgreSQL pauses; 0 for none. */
  maxRows: number
  readonly portal: string
  /** The portal is open already: this asks for its next page. */
  readonly continues: boolean
  /** Who gets each row's bytes as it comes; without one, rows are read as texts and kept. */
  take: ((columns: RowBytes) => void) | undefined
  reader: RowReader = noRows
  rows: Record<string, unknown>[] = []
  /** PostgreSQL's command tag, `INSERT 0 3`. */
  tag = ''
  suspended = false

  constructor(facts: StatementFacts, values: readonly WireValue[] = noValues, maxRows = 0, portal = '', continues = false) {
    this.facts = facts
    this.values = values
    this.maxRows = maxRows
    this.portal = portal
    this.continues = continues
  }

  /** The same statement, with nothing come back yet. */
  again(): Step {
    return new Step(this.facts, this.values, this.maxRows, this.portal)
  }

  /** The next page of this step's portal. */
  next(): Step {
    const step = new Step(this.facts, noValues, this.maxRows, this.portal, true)
    step.reader = this.reader
    return step
  }

  /** It was an insert, update or delete, on its own or after a `with`. */
  get wrote(): boolean {
    return this.tag !== '' && !this.tag.startsWith('SELECT')
  }

  /** Rows written or read, from the command tag. */
  get affected(): number {
    return Number(this.tag.slice(this.tag.lastIndexOf(' ') + 1)) || 0
  }
}

/** The context in front of a batch's statements. Its answer is read by nobody. */
export interface ContextStep {
  readonly statement: ContextStatement
  readonly values: readonly WireValue[]
  /** Values of the lane's settings, for a connection that does not keep them. */
  readonly ofLane: readonly WireValue[]
}
