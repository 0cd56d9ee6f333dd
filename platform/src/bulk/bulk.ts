import { v7 as uuid7 } from 'uuid'
import { operatorEntered } from '../audit/operator-entered.ts'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { Problem } from '../problems/problem.ts'
import { idsOfTenants, knownTenants } from '../tenants/tenant-list.ts'
import { perform } from './bulk-action.ts'
import {
  type BulkOperation,
  type BulkResult,
  mostTenants,
  type NewBulkOperation,
  type ResultState,
  type Selection,
} from './bulk-operation.ts'
import { begin, cancel, findOperation, listOperations, listResults, type Order, orderInForce } from './bulk-queries.ts'

export interface BulkService {
  /**
   * Orders something for many tenants and answers at once; it is done in the background, each tenant in its own scope, once.
   *
   * @throws not_found for a tenant that there is not, conflict where another number was expected, invalid_request for too many or none
   * @example
   * const { id } = await services.bulk.start({ action: { do: 'suspend' }, selection: { tenants }, reason: 'Unpaid' }, operatorId)
   */
  start(order: NewBulkOperation, operatorId: string): Promise<BulkOperation>
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<BulkOperation[]>
  /** @throws not_found */
  read(id: string): Promise<BulkOperation>
  /** What became of each tenant, in the order of their ids. @throws not_found */
  results(
    id: string,
    page: { readonly state?: ResultState | undefined; readonly after?: string | undefined; readonly limit: number },
  ): Promise<BulkResult[]>
  /** Tenants whose turn has not come stay as they are. @throws not_found */
  cancel(id: string): Promise<BulkOperation>
  /**
   * Does what was ordered to one tenant, and notes what came of it in the same transaction. A second time it does nothing.
   * Throws only what passes: then nothing is noted, and whoever tries again does it.
   */
  apply(tenantId: string, id: string, signal: AbortSignal): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly bulk: BulkService
  }
}

export interface BulkServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly services: () => Pick<Services, 'tenants' | 'plans' | 'billing'>
  readonly onFailure: (error: unknown) => void
}

export function createBulkService({ scope: open, directory, services, onFailure }: BulkServiceOptions): BulkService {
  const { pool } = directory

  async function read(id: string): Promise<BulkOperation> {
    const operation = await findOperation(pool, id)
    if (operation === undefined) throw problems.not_found('There is no such operation.')
    return operation
  }

  /** @throws not_found, naming the first that there is not */
  async function chosen(selection: Selection): Promise<string[]> {
    if ('filter' in selection) return idsOfTenants(pool, selection.filter, mostTenants + 1)
    const ids = [...new Set(selection.tenants)]
    const known = new Set(await knownTenants(pool, ids))
    const missing = ids.find((id) => !known.has(id.toLowerCase()))
    if (missing !== undefined) throw problems.not_found(`There is no tenant ${missing}.`)
    return [...known]
  }

  return {
    read,
    list: ({ after, limit }) => listOperations(pool, after, limit),

    async start({ action, selection, reason, expected }, operatorId) {
      const tenants = await chosen(selection)
      if (expected !== undefined && tenants.length !== expected) {
        throw problems.conflict(`${expected} tenants were meant, and there are ${tenants.length}.`, { tenants: tenants.length })
      }
      if (tenants.length === 0) throw problems.invalid_request('No tenant matches the filter.', wrong('no tenant matches'))
      if (tenants.length > mostTenants)
        throw problems.invalid_request('Too many tenants.', wrong(`at most ${mostTenants} tenants`))
      const id = uuid7()
      const told = 'filter' in selection ? selection : { named: tenants.length }
      await begin(pool, { id, operatorId, action, reason, selection: told, tenants })
      return read(id)
    },

    async results(id, page) {
      const rows = await listResults(pool, id, page)
      if (rows.length === 0) await read(id)
      return rows
    },

    async cancel(id) {
      if (!(await cancel(pool, id))) throw problems.not_found('There is no such operation.')
      return read(id)
    },

    async apply(tenantId, id, signal) {
      const order = await orderInForce(pool, id)
      if (order === undefined) return
      const scope = open({ tenantId, actor: { kind: 'operator', id: order.operatorId }, origin: { requestId: id }, signal })
      try {
        await scope.transaction((tx) => applyInside(tx, id, order))
      } catch (error) {
        if (signal.aborted || (error instanceof Problem && error.status === 503)) throw error
        const { state, code } = outcomeOf(error)
        if (state === 'failed') onFailure(error)
        await scope.run(note(id, state, code))
      }
    },
  }

  /** The result is written first: of two processes that hold the same turn the second waits here, and finds it done. */
  async function applyInside(tx: TenantScope, id: string, { action, reason }: Order): Promise<void> {
    if ((await tx.first(note(id, 'done', null))) === undefined) return
    await tx.batch(operatorEntered(tx.context.tenantId, reason, `bulk.${action.do}`), { lane: 'write' })
    await perform(tx, action, reason, services())
  }
}

function note(id: string, state: 'done' | 'refused' | 'failed', code: string | null) {
  return sql<{ state: string }>`insert into tenantry.bulk_results (operation_id, state, code) values (${id}, ${state}, ${code})
    on conflict do nothing returning state`
}

function outcomeOf(error: unknown): { readonly state: 'refused' | 'failed'; readonly code: string } {
  if (error instanceof Problem) return { state: error.status < 500 ? 'refused' : 'failed', code: error.code }
  return { state: 'failed', code: 'internal' }
}

function wrong(message: string) {
  return { errors: [{ in: 'body', pointer: '/selection', message }] }
}
