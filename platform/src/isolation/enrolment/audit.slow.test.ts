import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
  await bench.owner(
    `create table shop.doors (id uuid, name text, pin text, open boolean); select tenantry.enroll('shop.doors', audit => true, redact => '{pin}');
     create table shop.pairs (a int, b int, note text, primary key (a, b)); select tenantry.enroll('shop.pairs', audit => true)`,
  )
})
afterAll(() => bench.close())

const entriesOf = (tenant: string, columns: string) =>
  bench.tenant(tenant, `select ${columns} from tenantry.audit_entries where object_type like 'shop.%' order by id`)

test('creating, changing and deleting leave an entry each, with what changed and without what is secret', async () => {
  const tenant = await bench.newTenant()
  const id = randomUUID()
  await bench.tenant(tenant, `insert into shop.doors values ('${id}', 'front', '1234', false)`)
  await bench.tenant(tenant, `update shop.doors set name = 'back', pin = '9999'`)
  await bench.tenant(tenant, `update shop.doors set open = true`)
  await bench.tenant(tenant, 'delete from shop.doors')
  const all = { object_type: 'shop.doors', object_id: id }
  expect(await entriesOf(tenant, 'action, object_type, object_id, before, after')).toEqual([
    { ...all, action: 'shop.doors.created', before: null, after: { id, name: 'front', pin: '[redacted]', open: false } },
    {
      ...all,
      action: 'shop.doors.updated',
      before: { name: 'front', pin: '[redacted]' },
      after: { name: 'back', pin: '[redacted]' },
    },
    { ...all, action: 'shop.doors.updated', before: { open: false }, after: { open: true } },
    { ...all, action: 'shop.doors.deleted', before: { id, name: 'back', pin: '[redacted]', open: true }, after: null },
  ])
})

test('an update that changes nothing leaves no entry', async () => {
  const tenant = await bench.newTenant()
  await bench.tenant(tenant, `insert into shop.doors (name) values ('same')`)
  await bench.tenant(tenant, 'update shop.doors set name = name')
  expect(await entriesOf(tenant, 'action')).toEqual([{ action: 'shop.doors.created' }])
})

test('an entry says who acted, for whom, in which request and from where', async () => {
  const tenant = await bench.newTenant()
  const [actor, impersonator] = [randomUUID(), randomUUID()]
  await bench.tenant(tenant, `insert into shop.doors (name) values ('x')`, {
    actor,
    origin: { address: '2001:db8::1', userAgent: 'test', impersonator },
  })
  await bench.owner(`insert into shop.doors (name) values ('by maintenance')`, tenant)
  expect(await entriesOf(tenant, 'actor_kind, actor_id, impersonator, request_id, address, user_agent')).toEqual([
    { actor_kind: 'member', actor_id: actor, impersonator, request_id: 'request-1', address: '2001:db8::1', user_agent: 'test' },
    { actor_kind: 'system', actor_id: null, impersonator: null, request_id: 'request-1', address: null, user_agent: null },
  ])
})

test('rows of one statement are told apart; a changed key shows as it was and as it is', async () => {
  const tenant = await bench.newTenant()
  await bench.tenant(tenant, `insert into shop.pairs values (1, 1, 'p'), (1, 2, 'q'), (2, 1, 'r')`)
  await bench.tenant(tenant, `update shop.pairs set note = note || '!' where a = 1`)
  await bench.tenant(tenant, 'update shop.pairs set b = 5 where a = 2')
  const entries = await bench.tenant(
    tenant,
    `select before, after from tenantry.audit_entries where action = 'shop.pairs.updated' order by coalesce(before, after)::text, after::text`,
  )
  expect(entries).toEqual(
    expect.arrayContaining([
      { before: { a: 1, b: 1, note: 'p' }, after: { a: 1, b: 1, note: 'p!' } },
      { before: { a: 1, b: 2, note: 'q' }, after: { a: 1, b: 2, note: 'q!' } },
      { before: { a: 2, b: 1, note: 'r' }, after: null },
      { before: null, after: { a: 2, b: 5, note: 'r' } },
    ]),
  )
  expect(entries).toHaveLength(4)
})

test('nobody but the triggers writes the audit, and each tenant reads its own', async () => {
  const [one, two] = [await bench.newTenant(), await bench.newTenant()]
  await bench.tenant(one, `insert into shop.doors (name) values ('x')`)
  expect(await entriesOf(two, 'action')).toEqual([])
  for (const statement of [`delete from tenantry.audit_entries`, `update tenantry.audit_entries set action = 'none'`])
    await expect(bench.tenant(one, statement)).rejects.toMatchObject({ code: '42501' })
})

test('forty thousand rows in one statement are entered, changed and removed', async () => {
  const tenant = await bench.newTenant()
  await bench.tenant(tenant, `insert into shop.doors (name) select 'door ' || n from generate_series(1, 40000) n`)
  await bench.tenant(tenant, `update shop.doors set open = true`)
  await bench.tenant(tenant, `delete from shop.doors`)
  expect(
    await bench.tenant(
      tenant,
      `select action, count(*)::int as rows, count(distinct object_id)::int as objects
    from tenantry.audit_entries where object_type = 'shop.doors' group by action order by action`,
    ),
  ).toEqual(['created', 'deleted', 'updated'].map((action) => ({ action: `shop.doors.${action}`, rows: 40000, objects: 40000 })))
})
