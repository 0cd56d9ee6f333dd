import pg from 'pg'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import {
  type Answer,
  databaseWithSystems,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import type { NewUsageEvent } from './usage-event.ts'

/** An installation with a tenant that has the meter `transactions`, and a clock that can be moved. */
export interface UsageBench {
  readonly database: TestDatabase
  readonly node: TestNode
  readonly superuser: pg.Client
  /** A tenant of its own for each test. */
  tenant(options?: { readonly timeZone?: string }): Promise<MeteredTenant>
  /** The door to a tenant's rows. */
  scope(tenant: TestTenant): TenantScope
  /** By how much `tenantry.clock()` is ahead: `3 days`. */
  moveClock(interval: string): Promise<void>
  close(): Promise<void>
}

export interface MeteredTenant extends TestTenant {
  ask(method: string, path: string, body?: unknown): Promise<Answer>
  report(...events: readonly object[]): Promise<Answer>
}

export async function usageBench(): Promise<UsageBench> {
  const database = await databaseWithSystems()
  const node = await startNode(database)
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  const scopeOf = ({ tenant }: TestTenant) =>
    node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
  return {
    database,
    node,
    superuser,
    async tenant({ timeZone = 'UTC' } = {}) {
      const made = await tenantWithKey(node)
      await scopeOf(made).batch([
        sql`insert into tenantry.limits (name, max, kind, period) values ('transactions', 1000, 'metered', 'month')`,
        sql`update tenantry.tenants set time_zone = ${timeZone}`,
      ])
      const ask = (method: string, path: string, body?: unknown) =>
        node.call(method, path, { host: 'api.localhost', key: made.key, body })
      return { ...made, ask, report: (...events) => ask('POST', '/v1/usage', { events }) }
    },
    scope: scopeOf,
    moveClock: async (interval) => {
      await superuser.query('update tenantry.clock_offset set "offset" = $1', [interval])
    },
    async close() {
      await node.tenantry.close()
      await superuser.end()
      await database.drop()
    },
  }
}

/** A hundred events, the same ones for the same number. */
export function batchOf(number: number): NewUsageEvent[] {
  return Array.from({ length: 100 }, (_, n) => ({ key: `batch-${number}-${n}`, meter: 'transactions', quantity: 1 }))
}
