import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { type DeclaredOffer, declaredOffers } from './declared-plans.ts'
import type { EntitlementKind, Entitlements, Explanation, Override, PlanPreview } from './entitlement.ts'
import {
  countersUsed,
  dropOverride,
  endAddOn,
  type HeldAddOn,
  heldAddOns,
  heldPlan,
  holdAddOn,
  overridesInForce,
  putOverride,
  resolved,
  rulesOf,
} from './entitlement-queries.ts'
import type { AddOnContent, AddOnVersion, PlanContent, PlanVersion } from './plan.ts'
import {
  allVersions,
  findVersion,
  type HeldPlan,
  moveToPlan,
  namesOfCounters,
  newestVersions,
  publishDeclared,
  publishNext,
} from './plan-queries.ts'
import { difference } from './preview.ts'
import { ruleOfRow, simplified, sortedByKind } from './resolve.ts'

export interface PlanService {
  /** Publishes what the code of each system declares, where that is new. Done once per process, at its start or its first need. */
  publishDeclared(): Promise<void>
  /** The systems of the installation, as it lists them. */
  systems(): readonly { readonly name: string; readonly title: string }[]
  /** The newest version of each plan and add-on of a system: in the order in which code declares them. */
  offered(system: string): Promise<{ readonly plans: readonly PlanVersion[]; readonly addOns: readonly AddOnVersion[] }>
  /** Every version of every plan and add-on of a system, the newest first. @throws not_found for a system that there is not */
  versions(system: string): Promise<readonly (PlanVersion | AddOnVersion)[]>
  /**
   * Publishes the next version of a plan, or a new plan. Tenants keep the version they have until they are moved.
   *
   * @throws not_found for a system that there is not, conflict when somebody else publishes at this moment
   */
  publishPlan(system: string, key: string, content: PlanContent, operatorId: string | null): Promise<PlanVersion>
  publishAddOn(system: string, key: string, content: AddOnContent, operatorId: string | null): Promise<AddOnVersion>
  /** @throws invalid_request for a plan or version that the system does not have */
  require(system: string, plan: string, version?: number): Promise<PlanVersion>
  /**
   * Moves the scope's tenant to a plan, its newest version unless another is named, and writes the limits that follow; in the
   * scope's transaction, so that a booking beside it happens with it or not at all. What is used stays used. Overrides and add-ons stay.
   *
   * @throws invalid_request for a plan or version that the tenant's system does not have
   * @example
   * await services.plans.assign(scope, { plan: 'professional' })
   */
  assign(scope: TenantScope, order: { readonly plan: string; readonly version?: number | undefined }): Promise<HeldPlan>
  entitlements(scope: TenantScope): Promise<Entitlements>
  /** Which rule decides about a feature, limit or value. @throws not_found for a name that no plan of the system knows */
  explain(scope: TenantScope, name: string): Promise<Explanation>
  /** What would be over, lost and gained; changes nothing. @throws invalid_request for a plan that there is not */
  preview(scope: TenantScope, plan: string, version?: number): Promise<PlanPreview>
  overrides(scope: TenantScope): Promise<readonly Override[]>
  /** Stronger than plan and add-ons until it expires, to the moment. @throws not_found for a name that no plan of the system knows, invalid_request for a value of another type */
  override(scope: TenantScope, override: Override): Promise<Override>
  /** @throws not_found when there is none */
  dropOverride(scope: TenantScope, kind: EntitlementKind, name: string): Promise<void>
  /** Gives the newest version of an add-on, or sets until when the tenant keeps the one it has. @throws invalid_request for an add-on that there is not */
  giveAddOn(scope: TenantScope, order: { readonly key: string; readonly until?: string | null | undefined }): Promise<HeldAddOn>
  /** At once. @throws not_found when the tenant does not have it */
  endAddOn(scope: TenantScope, key: string): Promise<void>
  /** Refuses what a tenant's plan does not include. @throws feature_not_in_plan, always; it names the plans and add-ons that have it */
  refuseFeature(tenant: { readonly system: string; readonly tier: string }, feature: string): Promise<never>
}

declare module '../http/route.ts' {
  interface Services {
    readonly plans: PlanService
  }
}

export interface PlanServiceOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
}

/** Last in every transaction that changes plan, add-ons or overrides: writes the limits that follow. */
export const refreshEntitlements = sql`select tenantry.refresh_entitlements()`

export function createPlanService({ directory, systems }: PlanServiceOptions): PlanService {
  const { pool } = directory
  let publishing: Promise<void> | undefined

  async function publishAll(): Promise<void> {
    for (const system of systems) {
      const counted = await namesOfCounters(pool, system.name)
      for (const offer of declaredOffers(system)) await publishOne(offer, counted)
    }
  }

  async function publishOne(offer: DeclaredOffer, counted: ReadonlySet<string>): Promise<void> {
    const wrong = countedOtherwise(offer.content, counted)
    if (wrong !== undefined)
      throw new Error(`The code declares what cannot be sold (${offer.system}, ${offer.key}): ${told(wrong)}`)
    await publishDeclared(pool, offer)
  }

  /** A limit that is no count of what is there, although a table takes it with each insert and gives it back with each delete. */
  function countedOtherwise({ limits }: PlanContent | AddOnContent, counted: ReadonlySet<string>): string | undefined {
    return Object.entries(limits).find(([name, limit]) => counted.has(name) && 'kind' in limit && limit.kind !== 'counted')?.[0]
  }

  /** This node knows of the change when the caller does. */
  async function known<T>(value: T): Promise<T> {
    await directory.catchUp()
    return value
  }

  function systemOf(name: string): SystemDefinition {
    const system = systems.find((candidate) => candidate.name === name)
    if (system === undefined) throw problems.not_found('There is no such system.')
    return system
  }

  async function offered(name: string) {
    const newest = await newestVersions(pool, name)
    const { tiers = {}, addOns = {} } = systems.find((system) => system.name === name) ?? {}
    return {
      plans: inOrderOf(
        tiers,
        newest.filter((version) => version.kind === 'plan'),
      ),
      addOns: inOrderOf(
        addOns,
        newest.filter((version) => version.kind === 'add_on'),
      ),
    }
  }

  async function require(system: string, plan: string, version?: number): Promise<PlanVersion> {
    await service.publishDeclared()
    const found = await findVersion(pool, { system, kind: 'plan', key: plan, version })
    if (found?.kind === 'plan') return found
    const { plans } = await offered(system)
    const what = version === undefined ? 'plan' : 'version of the plan'
    const message = `one of ${plans.map(({ key }) => key).join(', ')}`
    throw problems.invalid_request(`The system has no such ${what}.`, { errors: [{ path: 'plan', message }] })
  }

  async function held(scope: TenantScope) {
    const row = await scope.first(heldPlan(scope.context.tenantId))
    if (row === undefined) throw problems.not_found('There is no such tenant.')
    return row
  }

  /** What kind of entitlement a name stands for, in any plan or add-on that is offered. */
  async function kindOf(system: string, name: string): Promise<EntitlementKind | undefined> {
    const { plans, addOns } = await offered(system)
    const contents = [...plans, ...addOns].map(({ content }) => content)
    if (contents.some(({ features }) => features.includes(name))) return 'feature'
    if (contents.some(({ limits }) => Object.hasOwn(limits, name))) return 'limit'
    if (plans.some(({ content }) => Object.hasOwn(content.values, name))) return 'value'
    return undefined
  }

  async function publish(
    system: string,
    kind: 'plan' | 'add_on',
    key: string,
    content: PlanContent | AddOnContent,
    by: string | null,
  ) {
    systemOf(system)
    await service.publishDeclared()
    const wrong = countedOtherwise(content, await namesOfCounters(pool, system))
    if (wrong !== undefined) {
      const errors = [{ in: 'body', pointer: `/limits/${wrong}/kind`, message: 'must be counted' }]
      throw problems.invalid_request(`The limit cannot be sold so: ${told(wrong)}`, { errors })
    }
    const version = await publishNext(pool, { system, kind, key, content }, by)
    if (version === undefined) throw problems.conflict('Somebody else published a version of it at this moment.')
    return version
  }

  const service: PlanService = {
    publishDeclared() {
      publishing ??= publishAll().catch((error: unknown) => {
        publishing = undefined
        throw error
      })
      return publishing
    },

    systems: () => systems.map(({ name, title }) => ({ name, title })),

    offered,

    async versions(system) {
      systemOf(system)
      return allVersions(pool, system)
    },

    async publishPlan(system, key, content, operatorId) {
      return (await publish(system, 'plan', key, content, operatorId)) as PlanVersion
    },

    async publishAddOn(system, key, content, operatorId) {
      return (await publish(system, 'add_on', key, content, operatorId)) as AddOnVersion
    },

    require,

    async assign(scope, { plan, version }) {
      const { system } = await held(scope)
      const wanted = await require(system, plan, version)
      await scope.batch([moveToPlan(scope.context.tenantId, wanted.key, wanted.version), refreshEntitlements], { lane: 'write' })
      return known({ plan: wanted.key, version: wanted.version })
    },

    async entitlements(scope) {
      const { tenantId } = scope.context
      const [[plan], addOns, rows] = await scope.batch([heldPlan(tenantId), heldAddOns, resolved(tenantId)])
      if (plan === undefined) throw problems.not_found('There is no such tenant.')
      return {
        plan: { key: plan.plan, version: plan.version, title: plan.title ?? plan.plan },
        addOns,
        ...sortedByKind(rows),
      }
    },

    async explain(scope, name) {
      const { tenantId } = scope.context
      const [[tenant], rules, rows] = await scope.batch([heldPlan(tenantId), rulesOf(tenantId, name), resolved(tenantId)])
      const decided = rows.find((row) => row.name === name)
      const system = tenant?.system ?? ''
      const kind = decided?.kind ?? (await kindOf(system, name))
      if (kind === undefined) throw problems.not_found('No plan knows a feature, limit or value of this name.')
      const { plans, addOns } = await offered(system)
      const gives = ({ content }: PlanVersion | AddOnVersion) => givesAny(content, kind, name)
      return {
        name,
        kind,
        value: decided === undefined ? valueOfNothing[kind] : simplified(decided.value),
        decidedBy: decided?.decidedBy ?? null,
        rules: rules.map(ruleOfRow),
        inPlans: plans.filter(gives).map(({ key }) => key),
        inAddOns: addOns.filter(gives).map(({ key }) => key),
      }
    },

    async preview(scope, plan, version) {
      const { system } = await held(scope)
      const wanted = await require(system, plan, version)
      const { tenantId } = scope.context
      const [now, then, counters] = await scope.batch([resolved(tenantId), resolved(tenantId, wanted), countersUsed])
      const used = new Map(counters.map((counter) => [counter.name, counter.used]))
      return { plan: wanted.key, version: wanted.version, ...difference(sortedByKind(now), sortedByKind(then), used) }
    },

    overrides: (scope) => scope.run(overridesInForce),

    async override(scope, override) {
      const { system } = await held(scope)
      const kind = await kindOf(system, override.name)
      if (kind !== override.kind) throw problems.not_found(`No plan knows a ${override.kind} of this name.`)
      refuseOtherTypes(override)
      const [[put]] = await scope.batch([putOverride(override), refreshEntitlements], { lane: 'write' })
      return known(put as Override)
    },

    async dropOverride(scope, kind, name) {
      const [dropped] = await scope.batch([dropOverride(kind, name), refreshEntitlements], { lane: 'write' })
      if (dropped.length === 0) throw problems.not_found('There is no such override.')
      await directory.catchUp()
    },

    async giveAddOn(scope, { key, until = null }) {
      const { system } = await held(scope)
      await service.publishDeclared()
      const addOn = await findVersion(pool, { system, kind: 'add_on', key })
      if (addOn === undefined)
        throw problems.invalid_request('The system has no such add-on.', { errors: [{ path: 'key', message: 'unknown' }] })
      const given = holdAddOn({ key, version: addOn.version, until })
      const [[heldNow]] = await scope.batch([given, refreshEntitlements], { lane: 'write' })
      return known(heldNow as HeldAddOn)
    },

    async endAddOn(scope, key) {
      const [ended] = await scope.batch([endAddOn(key), refreshEntitlements], { lane: 'write' })
      if (ended.length === 0) throw problems.not_found('The tenant does not have this add-on.')
      await directory.catchUp()
    },

    async refuseFeature({ system, tier }, feature) {
      const newest = await offered(system)
      const having = (versions: readonly (PlanVersion | AddOnVersion)[]) =>
        versions.filter(({ content }) => content.features.includes(feature)).map(({ key }) => key)
      const [inPlans, inAddOns] = [having(newest.plans), having(newest.addOns)]
      const where = [...inPlans.map((key) => `the plan "${key}"`), ...inAddOns.map((key) => `the add-on "${key}"`)]
      const remedy = where.length === 0 ? 'No plan has it.' : `It comes with ${where.join(' or ')}.`
      const members = { feature, plan: tier, addOns: inAddOns, plans: inPlans }
      throw problems.feature_not_in_plan(`The plan "${tier}" does not include ${feature}. ${remedy}`, members)
    },
  }
  return service
}

const told = (limit: string) =>
  `a table counts \`${limit}\`, what is there and not what happens, so it is counted and has no period.`

const valueOfNothing = { feature: false, limit: 0, value: null } as const

function givesAny(content: PlanContent | AddOnContent, kind: EntitlementKind, name: string): boolean {
  if (kind === 'feature') return content.features.includes(name)
  if (kind === 'value') return 'values' in content && Object.hasOwn(content.values, name)
  const max = content.limits[name]?.max
  return max !== undefined && max !== 0
}

function refuseOtherTypes({ kind, value }: Override): void {
  const fits = {
    feature: typeof value === 'boolean',
    limit: value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0),
    value: value !== null,
  }[kind]
  if (fits) return
  const message = {
    feature: 'true or false',
    limit: 'a whole number, or null for unlimited',
    value: 'a text, number or boolean',
  }[kind]
  throw problems.invalid_request(`The value does not fit a ${kind}.`, { errors: [{ in: 'body', pointer: '/value', message }] })
}

/** As code declares them; what operators made comes after. */
function inOrderOf<Version extends { readonly key: string }>(declared: object, versions: readonly Version[]): Version[] {
  const order = Object.keys(declared)
  const place = ({ key }: Version) => (order.includes(key) ? order.indexOf(key) : order.length)
  return versions.toSorted((a, b) => place(a) - place(b))
}
