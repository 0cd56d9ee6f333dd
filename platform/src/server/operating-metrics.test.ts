import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOutboxBacklog } from '../events/outbox-backlog.ts'
import { readinessChecks } from '../health/readiness.ts'
import { sql } from '../isolation/statement.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { registerOperatingMetrics } from './operating-metrics.ts'
import { databaseWithSystems, startNode, type TestNode, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const idle = { inFlight: 0, waiting: 0, connections: 1 }
const isolation = {
  statistics: () => ({ read: { ...idle, inFlight: 3, waiting: 2 }, write: idle, slow: idle, interactive: idle, log: idle }),
}

const cache = { statistics: () => ({ hits: 4, misses: 5 }) }

async function figures(): Promise<Map<string, number>> {
  const registry = new Registry()
  registerOperatingMetrics(registry, { isolation, cache, directory: node.tenantry.directory })
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}

test('what waits in outbox, queues and lanes is told, and no tenant named', async () => {
  const { tenant } = await tenantWithKey(node)
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
  await scope.run(sql`select tenantry.emit('shelf.rack.noted', ${tenant.id}::uuid)`, { lane: 'write' })
  const told = await figures()
  expect([...told.keys()].sort()).toEqual([
    'tenantry_cache_answers_total{result="hit"}',
    'tenantry_cache_answers_total{result="miss"}',
    'tenantry_directory_staleness_seconds',
    'tenantry_jobs_dead',
    'tenantry_jobs_waiting',
    ...['connections', 'in_flight', 'waiting'].flatMap((figure) =>
      ['interactive', 'log', 'read', 'slow', 'write'].map((lane) => `tenantry_lane_${figure}{lane="${lane}"}`),
    ),
    'tenantry_outbox_oldest_seconds',
    'tenantry_outbox_waiting_tenants',
    'tenantry_tenants{health="unassessed"}',
  ])
  expect(told.get('tenantry_lane_in_flight{lane="read"}')).toBe(3)
  expect(told.get('tenantry_lane_waiting{lane="read"}')).toBe(2)
  expect(told.get('tenantry_outbox_waiting_tenants')).toBe(1)
  expect(told.get('tenantry_outbox_oldest_seconds')).toBeLessThan(30)
  expect(told.get('tenantry_directory_staleness_seconds')).toBeLessThan(1.5)
  expect(told.get('tenantry_jobs_waiting')).toBe(0)
})

test('readiness is weak once the outbox is a minute behind, a claim that ran out included', async () => {
  const { directory } = node.tenantry
  const outboxSeconds = async () => (await readOutboxBacklog(directory.pool)).oldestSeconds
  const { outbox } = readinessChecks({ directory, report: () => undefined, outboxSeconds })
  const mark = (values: string) => directory.pool.query(`update tenantry.work set ${values} where kind = 'outbox'`)
  await mark(`due_at = now() - interval '30 seconds', claimed_until = null`)
  expect(await outbox?.()).toBe('ok')
  await mark(`due_at = now() - interval '61 seconds'`)
  expect(await outbox?.()).toBe('weak')
  await mark(`due_at = 'infinity', claimed_until = now() + interval '20 seconds'`)
  expect(await outbox?.()).toBe('ok')
  await mark(`claimed_until = now() - interval '61 seconds'`)
  expect(await outbox?.()).toBe('weak')
})

test('a figure that cannot be read is left out, and the others are told', async () => {
  const registry = new Registry()
  const pool = { query: () => Promise.reject(new Error('gone')) } as never
  registerOperatingMetrics(registry, { isolation, cache, directory: { pool, staleness: () => 7 } })
  const text = await registry.metrics()
  expect(text).toContain('tenantry_directory_staleness_seconds 7')
  expect(text).not.toMatch(/^tenantry_jobs_waiting /m)
})
