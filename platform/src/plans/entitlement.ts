import type { LimitKind, LimitMode, LimitPeriod, PlanValue } from '../system.ts'

export type EntitlementKind = 'feature' | 'limit' | 'value'
/** From the weakest to the strongest. `granted`: a feature that operators added to the tenant's own record. */
export type RuleName = 'plan' | 'add_on' | 'granted' | 'override'

export interface EntitledLimit {
  readonly name: string
  /** Null is unlimited. */
  readonly max: number | null
  readonly kind: LimitKind
  readonly mode: LimitMode
  readonly period: LimitPeriod | null
}

/** What a tenant may use at this moment. */
export interface Entitlements {
  readonly plan: { readonly key: string; readonly version: number; readonly title: string }
  readonly addOns: readonly { readonly key: string; readonly version: number; readonly until: string | null }[]
  readonly features: readonly string[]
  readonly limits: readonly EntitledLimit[]
  readonly values: Readonly<Record<string, PlanValue>>
}

/** What one rule says, whether or not it decides. */
export interface Rule {
  readonly rule: RuleName
  /** Plan or add-on that says it. */
  readonly source: string | null
  readonly version: number | null
  /** Of a feature or value what it is; of a limit its number, null for unlimited; of an add-on what it adds. */
  readonly given: PlanValue | null
  /** Of an override why it was agreed. */
  readonly reason: string | null
  /** RFC 3339: it holds until then. */
  readonly until: string | null
}

export interface Explanation {
  readonly name: string
  readonly kind: EntitlementKind
  /** True or false, the limit's number or null for unlimited, or the value. */
  readonly value: PlanValue | null
  /** Null: no rule gives it, so the feature is off, the limit zero. */
  readonly decidedBy: RuleName | null
  /** From the strongest to the weakest. */
  readonly rules: readonly Rule[]
  /** Keys of plans and add-ons that would give more than nothing of it, whether or not the tenant has it. */
  readonly inPlans: readonly string[]
  readonly inAddOns: readonly string[]
}

export interface Override {
  readonly kind: EntitlementKind
  readonly name: string
  /** Of a feature on or off; of a limit its number, null for unlimited; else the value. */
  readonly value: PlanValue | null
  readonly reason: string
  /** RFC 3339; null for as long as nobody takes it away. */
  readonly expiresAt: string | null
}

/** What another plan would change. Nothing that exists is deleted; of what is over nothing more can be made. */
export interface PlanPreview {
  readonly plan: string
  readonly version: number
  readonly gained: readonly string[]
  readonly lost: readonly string[]
  readonly limits: readonly LimitChange[]
  readonly values: readonly { readonly name: string; readonly before: PlanValue | null; readonly after: PlanValue | null }[]
}

export interface LimitChange {
  readonly name: string
  /** Null is unlimited. */
  readonly before: number | null
  readonly after: number | null
  /** Of what is counted how much is there; of anything else null. */
  readonly used: number | null
  /** How much of it there would be too much. */
  readonly over: number
}
