import type { RowReader } from './row-reader.ts'
import type { StatementFacts } from './statement-facts.ts'

/** 5,000 dynamic texts cost a backend 87 MB, 256 cost 4. */
export const mostNames = 256

export interface PreparedName {
  readonly name: string
  readonly facts: StatementFacts
  /** The batch that parses it; others use it only after that one has succeeded. */
  parsedBy: object | undefined
  /** Its Parse has been written. */
  announced: boolean
  /** Known once ready: a later use needs no Describe. */
  reader: RowReader | undefined
  usedAt: number
}

/** The prepared statements of one connection. */
export class PreparedNames {
  readonly #names = new Map<StatementFacts, PreparedName>()
  #closing: string[] = []
  #made = 0
  #uses = 0

  get size(): number {
    return this.#names.size
  }

  /** The name to use in this batch, or undefined where it must go unnamed. A new one has no reader and is parsed by the batch. */
  use(facts: StatementFacts, batch: object): PreparedName | undefined {
    const known = this.#names.get(facts)
    if (known) {
      if (known.parsedBy !== undefined && known.parsedBy !== batch) return undefined
      known.usedAt = ++this.#uses
      return known
    }
    if (!facts.nameable || facts.uses < 2) return undefined
    if (this.#names.size >= mostNames && !this.#evictOldest()) return undefined
    const name: PreparedName = {
      name: `t${++this.#made}`,
      facts,
      parsedBy: batch,
      announced: false,
      reader: undefined,
      usedAt: ++this.#uses,
    }
    this.#names.set(facts, name)
    return name
  }

  ready(name: PreparedName, reader: RowReader): void {
    name.parsedBy = undefined
    name.reader = reader
  }

  /** Closes it with the next batch; closing what was never parsed does no harm. */
  forget(name: PreparedName): void {
    if (this.#names.get(name.facts) === name) {
      this.#names.delete(name.facts)
      this.#closing.push(name.name)
    }
  }

  takeClosing(): readonly string[] {
    const closing = this.#closing
    if (closing.length > 0) this.#closing = []
    return closing
  }

  #evictOldest(): boolean {
    let oldest: PreparedName | undefined
    for (const name of this.#names.values()) {
      if (name.parsedBy === undefined && (oldest === undefined || name.usedAt < oldest.usedAt)) oldest = name
    }
    if (oldest) this.forget(oldest)
    return oldest !== undefined
  }
}
