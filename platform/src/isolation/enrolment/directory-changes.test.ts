import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
  await bench.owner(
    `create table shop.cards (id uuid, hash text, used_at timestamptz); select tenantry.enroll('shop.cards', directory => '{id,hash}')`,
  )
})
afterAll(() => bench.close())

const stamps = (tenant: string) =>
  bench.everything(`select object_id from tenantry.changes where kind = 'shop.cards' and tenant_id = '${tenant}' order by xid`)

test('every change that the directory could see is stamped with its row and its transaction', async () => {
  const [tenant, id, next] = [await bench.newTenant(), randomUUID(), randomUUID()]
  await bench.tenant(tenant, `insert into shop.cards values ('${id}', 'a')`)
  await bench.tenant(tenant, `update shop.cards set hash = 'b'`)
  await bench.tenant(tenant, `update shop.cards set id = '${next}'`)
  await bench.tenant(tenant, 'delete from shop.cards')
  const objects = (await stamps(tenant)).map((row) => row.object_id)
  expect(objects.toSorted()).toEqual([id, id, id, next, next].toSorted())
})

test('a change of other columns is not', async () => {
  const tenant = await bench.newTenant()
  await bench.tenant(tenant, `insert into shop.cards (hash) values ('a')`)
  await bench.tenant(tenant, 'update shop.cards set used_at = now()')
  expect(await stamps(tenant)).toHaveLength(1)
})

test('one empty notification follows each commit with changes, and none a commit without', async () => {
  const tenant = await bench.newTenant()
  const listener = new pg.Client({ connectionString: bench.database.directoryUrl })
  await listener.connect()
  try {
    const heard: (string | undefined)[] = []
    listener.on('notification', (message) => heard.push(message.payload))
    await listener.query('listen tenantry_changes')
    await bench.tenant(tenant, `insert into shop.cards (hash) values ('a'), ('b')`)
    await bench.tenant(tenant, `update shop.cards set used_at = now()`)
    await bench.tenant(tenant, `delete from shop.cards where hash = 'nothing'`)
    await expect.poll(() => heard.length).toBe(1)
    await listener.query('select 1')
    expect(heard).toEqual([''])
  } finally {
    await listener.end()
  }
})
