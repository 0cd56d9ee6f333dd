import type { Isolation } from '../isolation/isolation.ts'
import type { RowOf, Runnable } from '../isolation/statement.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { requireUuid } from '../isolation/uuid.ts'

/**
 * The one door to rows of persons: every statement runs with the realm set for it alone, under the tables' own policies.
 * Rows look as those of a tenant's scope do.
 */
export interface RealmScope {
  readonly realmId: string
  run<R extends Runnable>(statement: R): Promise<RowOf<R>[]>
  first<R extends Runnable>(statement: R): Promise<RowOf<R> | undefined>
  /** For when a later statement depends on an earlier one's result. */
  transaction<T>(work: (inner: RealmScope) => Promise<T>): Promise<T>
}

export type OpenRealm = (realmId: string) => RealmScope

/** Who does it, for the lanes: nothing of persons is written down by actor. */
const actor = { kind: 'system', id: '00000000-0000-7000-8000-6964656e7469' } as const

/**
 * Realms on lanes of the identity role. The lanes know one id to be fair by, and take the realm for it; what the policies ask
 * is set by a statement of ours in the same network write and transaction, so that no connection remembers a realm.
 */
export function realmsOn(isolation: Pick<Isolation, 'scope'>): OpenRealm {
  return (realmId) => inRealm(isolation.scope({ tenantId: requireUuid(realmId, 'realm id'), actor }), realmId)
}

function inRealm(scope: TenantScope, realmId: string): RealmScope {
  const setRealm = sql`select tenantry.enter_realm(${realmId}::uuid)`
  const run: RealmScope['run'] = async (statement) => {
    const [, rows] = await scope.batch([setRealm, statement] as const)
    return rows as never
  }
  return {
    realmId,
    run,
    first: async (statement) => (await run(statement))[0],
    transaction: (work) =>
      scope.transaction(async (inner) => {
        await inner.run(setRealm)
        return work(insideTransaction(inner, realmId))
      }),
  }
}

/** The setting holds until the transaction ends. */
function insideTransaction(scope: TenantScope, realmId: string): RealmScope {
  return {
    realmId,
    run: (statement) => scope.run(statement),
    first: (statement) => scope.first(statement),
    transaction: (work) => scope.transaction((inner) => work(insideTransaction(inner, realmId))),
  }
}
