import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextOf, inTransaction, openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

const emit = (object: string, data = '{}') => `select tenantry.emit('shop.thing.changed', '${object}', '${data}') as id`

test('an event is told if and only if its transaction commits, and its tenant has work to do', async () => {
  const [tenant, object] = [await bench.newTenant(), randomUUID()]
  await expect(bench.tenant(tenant, `${emit(object)}; select 1/0`)).rejects.toMatchObject({ code: '22012' })
  await bench.tenant(tenant, emit(object, '{"a": 1}'))
  expect(
    await bench.tenant(
      tenant,
      `select type, object_id, data, xid is not null as stamped from tenantry.events where type like 'shop.%'`,
    ),
  ).toEqual([{ type: 'shop.thing.changed', object_id: object, data: { a: 1 }, stamped: true }])
  expect(
    await bench.everything(`select kind, object_id from tenantry.work where tenant_id = '${tenant}' and kind = 'outbox'`),
  ).toEqual([{ kind: 'outbox', object_id: tenant }])
})

test('a second event of an object waits for the first one to commit, so that versions grow in the order of commits', async () => {
  const [tenant, object] = [await bench.newTenant(), randomUUID()]
  // The tenant's mark of work is there already, as it usually is.
  await bench.tenant(tenant, emit(randomUUID()))
  await bench.inParallel(1, async (client) => {
    await client.query('begin')
    await client.query(contextOf(tenant, {}))
    await client.query(emit(object, '{"order": 1}'))
    let overtook = true
    const second = bench.tenant(tenant, emit(object, '{"order": 2}')).then(() => expect(overtook).toBe(false))
    await client.query('select pg_sleep(0.2)')
    overtook = false
    await client.query('commit')
    await second
  })
  expect(await bench.tenant(tenant, `select data from tenantry.events where object_id = '${object}' order by version`)).toEqual([
    { data: { order: 1 } },
    { data: { order: 2 } },
  ])
})

test('events written at once have versions of their own', async () => {
  const [tenant, object] = [await bench.newTenant(), randomUUID()]
  await bench.inParallel(6, async (client) => {
    for (let round = 0; round < 10; round++) await inTransaction(client, [contextOf(tenant, {})], emit(object))
  })
  const versions = await bench.everything(`select distinct version from tenantry.events where object_id = '${object}'`)
  expect(versions).toHaveLength(60)
})

test('an event is written for the tenant of the context and for no other', async () => {
  await expect(bench.nobody(emit(randomUUID()))).rejects.toMatchObject({ code: 'TN001' })
  const tenant = await bench.newTenant()
  await expect(
    bench.tenant(tenant, `insert into tenantry.events (type, object_id, version) values ('a.b', '${tenant}', 1)`),
  ).rejects.toMatchObject({
    code: '42501',
  })
})

test('reads and actions are recorded by name, with the actor of the context', async () => {
  const [tenant, object, actor] = [await bench.newTenant(), randomUUID(), randomUUID()]
  await bench.tenant(tenant, `select tenantry.record_access('thing.read', '${object}')`, {
    actor,
    origin: { address: '192.0.2.1' },
  })
  await bench.tenant(tenant, `select tenantry.record_audit('shop.report.sent', 'shop.reports', '${object}', '{"to": 3}')`, {
    actor,
  })
  expect(await bench.tenant(tenant, 'select action, object_id, actor_id, address, request_id from tenantry.access_log')).toEqual([
    { action: 'thing.read', object_id: object, actor_id: actor, address: '192.0.2.1', request_id: 'request-1' },
  ])
  expect(
    await bench.tenant(
      tenant,
      `select action, object_type, actor_id, after from tenantry.audit_entries where object_type = 'shop.reports'`,
    ),
  ).toEqual([{ action: 'shop.report.sent', object_type: 'shop.reports', actor_id: actor, after: { to: 3 } }])
})

test('the clock moves by the offset that the owner sets', async () => {
  await bench.owner(`update tenantry.clock_offset set "offset" = interval '40 days'`)
  const rows = await bench.nobody(
    `select tenantry.clock() - clock_timestamp() between interval '39 days' and interval '41 days' as moved`,
  )
  expect(rows).toEqual([{ moved: true }])
  await expect(bench.nobody(`update tenantry.clock_offset set "offset" = '0'`)).rejects.toMatchObject({ code: '42501' })
})
