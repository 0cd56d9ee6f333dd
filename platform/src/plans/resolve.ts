import type { PlanValue } from '../system.ts'
import type { EntitledLimit, Rule } from './entitlement.ts'
import type { ResolvedRow, RuleRow } from './entitlement-queries.ts'
import type { PublishedLimit } from './plan.ts'

/** Rows of the resolver, sorted by what they are. */
export interface Resolved {
  readonly features: readonly string[]
  readonly limits: readonly EntitledLimit[]
  readonly values: Readonly<Record<string, PlanValue>>
}

export function sortedByKind(rows: readonly ResolvedRow[]): Resolved {
  return {
    features: rows.filter(({ kind, value }) => kind === 'feature' && value === true).map(({ name }) => name),
    limits: rows.filter(({ kind }) => kind === 'limit').map(limitOfRow),
    values: Object.fromEntries(rows.filter(({ kind }) => kind === 'value').map(({ name, value }) => [name, value as PlanValue])),
  }
}

function limitOfRow({ name, value }: ResolvedRow): EntitledLimit {
  const { max, kind, mode, period } = value as PublishedLimit
  return { name, max, kind, mode, period }
}

/** What a client reads: of a limit its number alone. */
export function simplified(value: PlanValue | { readonly max: number | null }): PlanValue | null {
  return typeof value === 'object' ? value.max : value
}

export function ruleOfRow({ rule, source, version, given, reason, until }: RuleRow): Rule {
  return { rule, source, version, given: simplified(given), reason, until }
}
