import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
let tenant: string
const parent = randomUUID()
beforeAll(async () => {
  bench = await openWorkbench()
  await bench.owner(
    `create table shop.items (id uuid, name text, note text, place uuid, price int);
     select tenantry.enroll('shop.items', search => '{name,note}', granted_by => 'place')`,
  )
})
afterAll(() => bench.close())
beforeEach(async () => {
  tenant = await bench.newTenant()
})

const words = async () =>
  (await bench.tenant(tenant, `select token from tenantry.search_tokens where target = 'shop.items' order by token`)).map(
    (row) => row.token,
  )

test('words are kept once per row, in lower case, in one form of Unicode, in any script', async () => {
  await bench.tenant(tenant, `insert into shop.items (name, note) values ('ＡＢＣ Étage-12, étage', 'Кот/Дом 東京')`)
  expect(await words()).toEqual(['12', 'abc', 'étage', 'дом', 'кот', '東京'])
})

test('they follow the row as it changes and goes, and each carries the granted object', async () => {
  await bench.tenant(tenant, `insert into shop.items (name, note) values ('red lamp', null), ('blue lamp', 'old')`)
  await bench.tenant(tenant, `update shop.items set name = 'green lamp', place = '${parent}' where name = 'red lamp'`)
  expect(await words()).toEqual(['blue', 'green', 'lamp', 'lamp', 'old'])
  expect(
    await bench.tenant(tenant, `select distinct token from tenantry.search_tokens where parent_id = '${parent}' order by 1`),
  ).toEqual([{ token: 'green' }, { token: 'lamp' }])
  await bench.tenant(tenant, `delete from shop.items where note = 'old'`)
  expect(await words()).toEqual(['green', 'lamp'])
})

test('a change of other columns leaves the words untouched', async () => {
  await bench.tenant(tenant, `insert into shop.items (name) values ('still')`)
  const versions = () => bench.everything(`select xmin::text from tenantry.search_tokens where tenant_id = '${tenant}'`)
  const before = await versions()
  await bench.tenant(tenant, 'update shop.items set price = 5')
  expect(await versions()).toEqual(before)
})

test('one tenant does not find the words of another', async () => {
  await bench.tenant(tenant, `insert into shop.items (name) values ('secret')`)
  tenant = await bench.newTenant()
  expect(await words()).toEqual([])
})
