import type { Permission, Role } from './access/principal.ts'
import type { SellerDefinition } from './billing/seller.ts'
import type { Subscriber } from './events/event.ts'
import type { Route, Services } from './http/route.ts'
import type { Fixtures } from './isolation/attack/fixture.ts'
import type { ReviewedRelation } from './isolation/doctor/reviewed.ts'
import type { TenantScope } from './isolation/tenant-scope.ts'
import type { JobDefinition } from './jobs/job.ts'
import type { RecurringDefinition } from './jobs/recurring.ts'
import type { ProblemTable } from './problems/problem.ts'
import type { ResourceDefinition } from './resources/resource.ts'
import type { SettingDefinition } from './settings/setting.ts'
import type { PointStore } from './telemetry/point-store.ts'
import type { HealthContributor } from './tenant-health/health.ts'
import type { ViewDefinition } from './views/view.ts'

/** One business on the platform, or an application's own tables and routes. A tenant belongs to exactly one system. */
export interface SystemDefinition {
  /** Lower-case word; leads its paths, permissions, features and its PostgreSQL schema. */
  readonly name: string
  readonly title: string
  /** Folder of `0001_name.sql` files. */
  readonly migrations: URL
  readonly permissions: Readonly<Record<Permission, string>>
  /** What each built-in role may do in this system, beside what the platform gives it. */
  readonly roles: Readonly<Partial<Record<Role, readonly Permission[]>>>
  /** Plans by key; the first is the default. */
  readonly tiers: Readonly<Record<string, TierDefinition>>
  /** By key. */
  readonly addOns?: Readonly<Record<string, AddOnDefinition>>
  /** Whose invoices its tenants get, and what use beyond their limits costs. Default: the system's title, without tax and overage. */
  readonly seller?: SellerDefinition
  /** Minutes that an access token lives in its tenants, at most 60. Default 15. */
  readonly tokenMinutes?: number
  /** Services beside the platform that take tokens of its tenants' keys: each verifies those that bear its own name. */
  readonly audiences?: readonly string[]
  readonly problems?: ProblemTable
  /** What its tenants can set beside what every tenant can. */
  readonly settings?: readonly SettingDefinition[]
  // biome-ignore lint/suspicious/noExplicitAny: fields differ by resource
  readonly resources?: readonly ResourceDefinition<any>[]
  readonly routes?: readonly Route[]
  readonly jobs?: readonly JobDefinition[]
  /** Work whose objects are due again and again. */
  readonly recurring?: readonly RecurringDefinition[]
  readonly subscribers?: readonly Subscriber[]
  /** Stores of points whose rollups and chunks the server keeps, in the background. */
  readonly pointStores?: readonly PointStore[]
  /** Tables of its schema that belong to no tenant (countries, tariffs), and what a server may do with them; the doctor accepts no more. */
  readonly reviewed?: readonly ReviewedRelation[]
  /** `schema.table.column` of its own that are unique across tenants on purpose: whoever is refused one learns that it is taken. */
  readonly globalUniques?: readonly string[]
  /** `open`: anybody can make a tenant of it, by a proved mail address. Otherwise operators make tenants. Default `operator`. */
  readonly signup?: 'open' | 'operator'
  /** What a new tenant does first, beside what every tenant does; asked of its rows, so that nobody has to tick it off. */
  readonly onboarding?: readonly OnboardingStep[]
  /** Numbers of a tenant for its statistics: `{ buildings: 12 }`. */
  readonly stats?: (scope: TenantScope, services: Services) => Promise<Readonly<Record<string, number>>>
  /** What beside quotas, errors, use, webhooks and billing tells how a tenant of it fares. */
  readonly health?: readonly HealthContributor[]
  /** Pages of the portal, in the order of its menu; drawn from these declarations alone. */
  readonly views?: readonly ViewDefinition[]
  /** For `tenantry attack`: a fixture for each of `routes`. Those of `resources` make themselves. */
  readonly attack?: Fixtures
}

/** A plan as code declares it; every change of it is published as a new version. Add nothing here that a tenant must not read. */
export interface TierDefinition {
  /** For people. Default: the key with a capital. */
  readonly title?: string
  readonly features: readonly string[]
  /** A number is counted and hard, null is unlimited. */
  readonly limits: Readonly<Record<string, LimitDefinition>>
  /** What is neither switched nor counted: `{ securityLevel: 'standard' }`. */
  readonly values?: Readonly<Record<string, PlanValue>>
  /** Without prices it is agreed with each customer. */
  readonly prices?: RecurringPrices
  /** Days that a new tenant has it before it must choose. */
  readonly trialDays?: number
  /** Whether somebody may choose it who signs up by himself. The first tier always can be chosen. */
  readonly selfService?: boolean
}

export type LimitDefinition = number | null | DetailedLimit

/**
 * `counted`: things that are there. `metered`: per period. `gauge`: a size that is measured. `rate`: per minute or second.
 * `retention`: days.
 *
 * @example
 * const transactions: DetailedLimit = { max: 10_000, kind: 'metered', period: 'month', mode: 'overage' }
 */
export interface DetailedLimit {
  /** Null is unlimited. */
  readonly max: number | null
  readonly kind: LimitKind
  /** `hard` refuses above `max`, `soft` lets it pass and tells, `overage` lets it pass and bills. Default `hard`. */
  readonly mode?: LimitMode
  /** Of what is metered `month`, `day` or `hour`; of a rate also `minute` or `second`. Others have none. */
  readonly period?: LimitPeriod
}

export type LimitKind = 'counted' | 'metered' | 'gauge' | 'rate' | 'retention'
export type LimitMode = 'hard' | 'soft' | 'overage'
export type LimitPeriod = 'month' | 'day' | 'hour' | 'minute' | 'second'
export type PlanValue = string | number | boolean

/** In whole minor units: 9900 is 99.00. */
export interface RecurringPrices {
  /** ISO 4217: `GBP`. */
  readonly currency: string
  readonly monthly?: number
  readonly yearly?: number
}

/** What a tenant may buy beside its plan; published in versions like a plan. */
export interface AddOnDefinition {
  readonly title: string
  /** By the month, by the year, or `once` for as long as the tenant is there. */
  readonly prices: RecurringPrices & { readonly once?: number }
  readonly features?: readonly string[]
  /** Come on top of the plan's; null lifts the limit. */
  readonly limits?: Readonly<Record<string, number | null>>
}

export interface OnboardingStep {
  /** `first_building` */
  readonly name: string
  readonly title: string
  readonly done: (scope: TenantScope, services: Services) => Promise<boolean>
}

/** Declares a system; `createTenantry({ systems: [bms] })` installs it. */
export function defineSystem(definition: SystemDefinition): SystemDefinition {
  return definition
}
