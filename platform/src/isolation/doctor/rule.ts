import type { Weight } from './report.ts'

/** Where a rule's row was found and how to mend it. */
export interface Evidence {
  readonly object: string
  readonly what: string
  readonly mend: string
  /** Where it differs from the rule's own weight. */
  readonly weight?: Weight
}

/**
 * One question to the catalogue. The query sees the views of `catalogue-views.ts` (`reachers`, `held`, `family`, …)
 * and answers one row per violation; names come quoted, ready for a statement.
 */
export interface Rule<Row = Record<string, unknown>> {
  readonly name: string
  readonly weight: Weight
  readonly why: string
  readonly query: string
  /** What the row means; `false` where the judgement, made here and not in SQL, finds nothing wrong. */
  finding(row: Row): Evidence | false
}

/** Lets the shape of a rule's rows be stated where they are read; a list of rules holds them all alike. */
export function rule<Row>(definition: Rule<Row>): Rule {
  return definition as unknown as Rule
}
