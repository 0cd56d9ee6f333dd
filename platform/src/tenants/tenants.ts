import { v7 as uuid7 } from 'uuid'
import { firstSubscription } from '../billing/first-subscription.ts'
import { hasWhiteLabel } from '../branding/white-label.ts'
import type { Directory } from '../directory/directory.ts'
import { constraintOf } from '../isolation/database-problems.ts'
import type { Statement } from '../isolation/statement.ts'
import type { Actor, Origin, ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { type PlanService, refreshEntitlements } from '../plans/plans.ts'
import { platformFeatures } from '../plans/platform-features.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { allowedFrom, graceDays, type SuspensionMode, type TransitionName, transitions } from './lifecycle.ts'
import { requireNoChildren, underParent } from './parent.ts'
import { checkSlug, looksLike, skeletonOf, slugTaken } from './slug.ts'
import type { NewTenant, OperatorTenantChanges, Tenant, TenantChanges, TenantReference } from './tenant.ts'
import { countTenants, type ListPage, listTenants, slugsLike, type TenantFilter, type TenantListing } from './tenant-list.ts'
import {
  findTenant,
  holdTenant,
  insertTenant,
  moveTenant,
  type StoredChanges,
  scheduleErasure,
  telling,
  updateTenant,
} from './tenant-queries.ts'

/** Who does something to a tenant from outside, and from where. */
export interface Doer {
  readonly actor: Actor
  readonly origin?: Partial<Origin> | undefined
}

export interface TenantService {
  /**
   * Makes a tenant with everything that belongs to it, or nothing at all. It can be used at once, everywhere.
   *
   * @throws invalid_request, slug_taken
   * @example
   * const tenant = await services.tenants.provision({ slug: 'northwind', name: 'Northwind', system: 'bms' }, { actor })
   */
  provision(tenant: NewTenant, doer: Doer, founding?: Founding): Promise<Tenant>
  /** @throws slug_taken, invalid_request: what `provision` would say of the slug, unless somebody takes it before */
  requireAvailable(slug: string): Promise<void>
  /** @throws not_found */
  read(tenantId: string, doer: Doer): Promise<Tenant>
  /** The tenant above it, undefined where there is none or it is gone. */
  parentOf(tenant: Pick<Tenant, 'parentId'>): Promise<TenantReference | undefined>
  /** In the tenant's own scope. `version` is the one that was read; another one is `precondition_failed`. @throws feature_not_in_plan */
  update(scope: TenantScope, changes: TenantChanges, version: number | undefined): Promise<Tenant>
  /** @throws what `update` throws, and invalid_request for a parent that is not possible */
  updateAsOperator(tenantId: string, changes: OperatorTenantChanges, version: number | undefined, doer: Doer): Promise<Tenant>
  /**
   * Moves a tenant to another state; this node acts on it when the promise resolves, all others within a second.
   * `erase` only marks and schedules: the maintenance worker erases after the grace period. A tenant with others below it is neither
   * archived nor erased.
   *
   * @throws not_found, lifecycle_conflict with `allowed` and perhaps `children`, legal_hold
   */
  move(tenantId: string, transition: TransitionName, details: MoveDetails, doer: Doer): Promise<Tenant>
  /** The same in the tenant's own scope, and in its transaction: other nodes know of it once that is committed. */
  moveInside(scope: TenantScope, transition: TransitionName, details: MoveDetails): Promise<Tenant>
  /** Nothing of a held tenant is erased, whatever else is ordered. */
  hold(tenantId: string, hold: boolean, reason: string, doer: Doer): Promise<Tenant>
  list(filter: TenantFilter, page: ListPage): Promise<(TenantListing & { readonly sortedBy: string })[]>
  /** How many the list has in all. */
  count(filter: TenantFilter): Promise<number>
}

/** What is made with a tenant, in its transaction. */
export interface Founding {
  /** Of the tenant: a second one of this id is a conflict. */
  readonly id: string
  /** Run in the tenant's scope once it is there with its limits: its first owner. */
  readonly statements: readonly Statement[]
}

export interface MoveDetails {
  readonly reason: string
  /** For `suspend`; default `blocked`. */
  readonly mode?: SuspensionMode | undefined
}

declare module '../http/route.ts' {
  interface Services {
    readonly tenants: TenantService
  }
}

export interface TenantServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly plans: Pick<PlanService, 'require' | 'refuseFeature'>
  /** Puts a tenant on a plan, and its bill with it: what billing knows is above this. */
  readonly movePlan: (scope: TenantScope, order: { readonly plan: string }) => Promise<unknown>
}

export function createTenantService({ scope: open, directory, systems, plans, movePlan }: TenantServiceOptions): TenantService {
  const scopeOf = (tenantId: string, { actor, origin }: Doer) =>
    open({ tenantId, actor, ...(origin === undefined ? {} : { origin }) })

  /** This node knows of the change when the caller does. */
  async function known<T>(value: T): Promise<T> {
    await directory.catchUp()
    return value
  }

  async function refuseUnavailable(slug: string, own?: string): Promise<void> {
    checkSlug(slug)
    const alike = await slugsLike(directory.pool, skeletonOf(slug))
    if (alike.some((other) => other !== own && (other === slug || looksLike(slug, other)))) throw slugTaken(slug)
  }

  async function update(scope: TenantScope, changes: Omit<StoredChanges, 'tier'>, version: number | undefined): Promise<Tenant> {
    const statement = telling(updateTenant(scope.context.tenantId, changes, version), 'platform.tenant.updated')
    const tenant = await scope.first(statement).catch((error: unknown) => refuseTakenSlug(error, changes.slug))
    return known(tenant ?? (await explainUnchanged(scope)))
  }

  /** The plan goes the one way to another, which takes the bill along, in the transaction of the rest. */
  async function changePlan(
    scope: TenantScope,
    { tier, ...changes }: StoredChanges & { tier: string },
    version: number | undefined,
  ) {
    const changed = await scope.transaction(async (inner) => {
      await update(inner, changes, version)
      await movePlan(inner, { plan: tier })
      return found(await findTenant(inner))
    })
    return known(changed)
  }

  async function move(scope: TenantScope, name: TransitionName, { reason, mode }: MoveDetails): Promise<Tenant> {
    const { tenantId } = scope.context
    const moved = moveTenant(tenantId, transitions[name], {
      reason,
      suspension: name === 'suspend' ? (mode ?? 'blocked') : undefined,
      graceDays: name === 'erase' ? graceDays : undefined,
    })
    const statement = telling(moved, `platform.tenant.${transitions[name].event}`)
    const [[tenant]] = await scope.batch([statement, ...(name === 'erase' ? [scheduleErasure(tenantId)] : [])] as const)
    return known((tenant as Tenant | undefined) ?? (await explainUnmoved(scope, name)))
  }

  /** Whoever goes out of reach leaves nobody below without a parent: they are moved first. */
  async function moveWithoutChildren(scope: TenantScope, name: TransitionName, details: MoveDetails): Promise<Tenant> {
    if (name !== 'archive' && name !== 'erase') return move(scope, name, details)
    const moved = await scope.transaction(async (inner) => {
      await requireNoChildren(directory.pool, inner, name)
      return move(inner, name, details)
    })
    return known(moved)
  }

  return {
    requireAvailable: (slug) => refuseUnavailable(slug),

    async provision(tenant, doer, founding) {
      const plan = await plans.require(tenant.system, tenant.tier ?? firstPlanOf(systems, tenant.system))
      await refuseUnavailable(tenant.slug)
      const id = founding?.id ?? uuid7()
      const make = async (scope: TenantScope, parentId: string | null): Promise<Tenant> => {
        const row = insertTenant(id, { ...tenant, tier: plan.key, planVersion: plan.version, parentId })
        const insert = telling(row, 'platform.tenant.created')
        const [created] = await scope
          .batch([insert, refreshEntitlements, firstSubscription(), ...(founding?.statements ?? [])] as const)
          .catch((error: unknown) => refuseTakenSlug(error, tenant.slug))
        return found(created[0] as Tenant | undefined)
      }
      const scope = scopeOf(id, doer)
      if (tenant.parent === undefined) return known(await make(scope, null))
      return known(await underParent(directory.pool, scope, { parent: tenant.parent }, make))
    },

    read: async (tenantId, doer) => found(await findTenant(scopeOf(tenantId, doer))),

    async parentOf({ parentId }) {
      const parent = parentId === null ? undefined : await directory.tenantById(parentId)
      return parent && { id: parent.id, slug: parent.slug, name: parent.name }
    },

    async update(scope, changes, version) {
      const entry = changes.brand && (await directory.tenantById(scope.context.tenantId))
      // As by the brand's own routes, which belong to the feature.
      if (entry !== undefined && !hasWhiteLabel(systems, entry)) await plans.refuseFeature(entry, platformFeatures.whiteLabel)
      return update(scope, changes, version)
    },

    async updateAsOperator(tenantId, { parent, ...changes }, version, doer) {
      const scope = scopeOf(tenantId, doer)
      if (changes.slug !== undefined) {
        const { slug } = found(await findTenant(scope))
        if (changes.slug !== slug) await refuseUnavailable(changes.slug, slug)
      }
      const store = (inner: TenantScope, { tier, ...all }: StoredChanges) =>
        tier === undefined ? update(inner, all, version) : changePlan(inner, { ...all, tier }, version)
      if (parent === undefined) return store(scope, changes)
      const place = { parent, child: tenantId }
      return known(await underParent(directory.pool, scope, place, (inner, parentId) => store(inner, { ...changes, parentId })))
    },

    move: (tenantId, name, details, doer) => moveWithoutChildren(scopeOf(tenantId, doer), name, details),
    moveInside: moveWithoutChildren,

    async hold(tenantId, hold, reason, doer) {
      const statement = telling(holdTenant(tenantId, hold, reason), `platform.tenant.${hold ? 'held' : 'released'}`)
      return known(found(await scopeOf(tenantId, doer).first(statement)))
    },

    list: (filter, page) => listTenants(directory.pool, filter, page),
    count: (filter) => countTenants(directory.pool, filter),
  }
}

function found(tenant: Tenant | undefined): Tenant {
  if (tenant === undefined) throw problems.not_found('There is no such tenant.')
  return tenant
}

/** @throws invalid_request for a system that there is not */
function firstPlanOf(systems: readonly SystemDefinition[], systemName: string): string {
  const system = systems.find((candidate) => candidate.name === systemName)
  const names = systems.map(({ name }) => name)
  if (system === undefined) throw problems.invalid_request('There is no such system.', wrong('system', names))
  const [first] = Object.keys(system.tiers)
  if (first === undefined) throw problems.invalid_request('The system has no plans.', wrong('tier', []))
  return first
}

function wrong(path: string, choices: readonly string[]) {
  return { errors: [{ path, message: `one of ${choices.join(', ')}` }] }
}

/** Two that ask for one slug at the same moment: the unique index decides. */
function refuseTakenSlug(error: unknown, slug: string | undefined): never {
  if (slug !== undefined && constraintOf(error) === 'tenants_slug') throw slugTaken(slug)
  throw error
}

async function explainUnchanged(scope: TenantScope): Promise<never> {
  found(await findTenant(scope))
  throw problems.precondition_failed('The tenant was changed meanwhile.')
}

async function explainUnmoved(scope: TenantScope, name: TransitionName): Promise<never> {
  const { status, legalHold } = found(await findTenant(scope))
  const allowed = allowedFrom(status)
  if (name === 'erase' && legalHold && allowed.includes('erase')) throw problems.legal_hold('The tenant is under legal hold.')
  throw problems.lifecycle_conflict(`A tenant that is ${status} cannot be ${transitions[name].event}.`, { status, allowed })
}
