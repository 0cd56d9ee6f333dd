import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { StepwiseScope } from './stepwise-scope.ts'

let database: TestDatabase
let isolation: Isolation

beforeAll(async () => {
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl, lanes: { interactive: { clients: 1 } } })
})
afterAll(async () => {
  await isolation?.close()
  await database?.drop()
})

const grant = (objectId: string) => sql`insert into tenantry.grants (actor_id, object_id) values (${objectId}, ${objectId})`
const granted = sql<{ count: number }>`select count(*)::int as count from tenantry.grants`

function fresh(): TenantScope {
  const tenantId = randomUUID()
  return isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
}

test('a call that is refused leaves the calls before and after it alone, as without a transaction', async () => {
  const scope = fresh()
  const id = randomUUID()
  await scope.transaction(async (transaction) => {
    const stepwise = new StepwiseScope(transaction)
    await stepwise.run(grant(id))
    await expect(stepwise.run(grant(id))).rejects.toMatchObject({ code: 'conflict' })
    await expect(stepwise.batch([grant(randomUUID()), grant(id)])).rejects.toMatchObject({ code: 'conflict' })
    expect(await stepwise.first(granted)).toEqual({ count: 1 })
    await stepwise.transaction(async (inner) => void (await inner.run(grant(randomUUID()))))
  })
  expect(await scope.first(granted)).toEqual({ count: 2 })
})

test('calls made at the same time follow each other', async () => {
  const scope = fresh()
  await scope.transaction(async (transaction) => {
    const stepwise = new StepwiseScope(transaction)
    await Promise.all(Array.from({ length: 10 }, () => stepwise.run(grant(randomUUID()))))
  })
  expect(await scope.first(granted)).toEqual({ count: 10 })
})

test('their commit is common to all of them', async () => {
  const scope = fresh()
  await scope
    .transaction(async (transaction) => {
      await new StepwiseScope(transaction).run(grant(randomUUID()))
      throw new Error('no')
    })
    .catch(() => undefined)
  expect(await scope.first(granted)).toEqual({ count: 0 })
})
