import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
let mine: string
let theirs: string
beforeAll(async () => {
  bench = await openWorkbench()
  await bench.owner(`create table shop.notes (id int primary key, text text); select tenantry.enroll('shop.notes')`)
})
afterAll(() => bench.close())
beforeEach(async () => {
  mine = await bench.newTenant()
  theirs = await bench.newTenant()
  await bench.tenant(mine, `insert into shop.notes values (1, 'mine')`)
  await bench.tenant(theirs, `insert into shop.notes values (1, 'theirs'), (2, 'theirs')`)
})

describe('[CRM-2] without a tenant context', () => {
  test('nothing is read', async () => {
    expect(await bench.nobody('select * from shop.notes')).toEqual([])
  })
  test('nothing is updated or deleted', async () => {
    expect(await bench.nobody(`update shop.notes set text = 'x' returning 1`)).toEqual([])
    expect(await bench.nobody('delete from shop.notes returning 1')).toEqual([])
  })
  test('an insert fails, with and without a tenant named by hand', async () => {
    await expect(bench.nobody(`insert into shop.notes values (9, 'x')`)).rejects.toMatchObject({ code: 'TN001' })
    await expect(bench.nobody(`insert into shop.notes values (9, 'x', '${mine}')`)).rejects.toMatchObject({ code: '42501' })
  })
  test('neither does the owner see a row', async () => {
    expect(await bench.owner('select * from shop.notes')).toEqual([])
    expect(await bench.owner('delete from shop.notes returning 1')).toEqual([])
  })
})

describe('[CRM-2] a handler that forgets the tenant', () => {
  test('reads its own rows only', async () => {
    expect(await bench.tenant(mine, 'select text from shop.notes')).toEqual([{ text: 'mine' }])
    expect(await bench.tenant(mine, `select text from shop.notes where tenant_id = '${theirs}'`)).toEqual([])
  })
  test("updates and deletes nothing of another's", async () => {
    await bench.tenant(mine, `update shop.notes set text = 'changed'`)
    await bench.tenant(mine, 'delete from shop.notes where id = 2')
    await bench.tenant(mine, `delete from shop.notes where tenant_id = '${theirs}'`)
    expect(await bench.tenant(theirs, 'select text from shop.notes order by id')).toEqual([
      { text: 'theirs' },
      { text: 'theirs' },
    ])
  })
  test('inserts nothing for another', async () => {
    await expect(bench.tenant(mine, `insert into shop.notes values (3, 'x', '${theirs}')`)).rejects.toMatchObject({
      code: '42501',
    })
    await expect(
      bench.tenant(
        mine,
        `insert into shop.notes values (1, 'x') on conflict (tenant_id, id) do update set tenant_id = '${theirs}'`,
      ),
    ).rejects.toMatchObject({ code: 'TN004' })
  })
})

test('a row stays with its tenant', async () => {
  await expect(bench.tenant(mine, `update shop.notes set tenant_id = '${theirs}'`)).rejects.toMatchObject({ code: 'TN004' })
  await expect(bench.owner(`update shop.notes set tenant_id = '${theirs}'`, mine)).rejects.toMatchObject({ code: 'TN004' })
  await bench.tenant(mine, `update shop.notes set tenant_id = tenant_id, text = 'same'`)
})

test('nobody empties a table for everybody', async () => {
  await expect(bench.tenant(mine, 'truncate shop.notes')).rejects.toMatchObject({ code: '42501' })
  await expect(bench.owner('truncate shop.notes')).rejects.toMatchObject({ code: 'TN005' })
})

test('a prepared statement does not remember the first tenant', async () => {
  await bench.inParallel(1, async (client) => {
    for (const [tenant, rows] of [
      [mine, 1],
      [theirs, 2],
      ['', 0],
    ] as const) {
      for (let again = 0; again < 7; again++) {
        await client.query('begin')
        await client.query(`select set_config('tenantry.tenant', $1, true)`, [tenant])
        const result = await client.query({ name: 'all-notes', text: 'select * from shop.notes' })
        await client.query('commit')
        expect(result.rowCount).toBe(rows)
      }
    }
  })
})

describe('grants are exactly what was asked for', () => {
  const granted = (table: string) =>
    bench.everything(
      `select a.grantee::regrole::text ~ '_app$' as app, string_agg(a.privilege_type, ',' order by a.privilege_type) as privileges
       from pg_class c cross join aclexplode(c.relacl) a where c.oid = '${table}'::regclass and a.grantee <> c.relowner group by 1`,
    )

  test.each([
    ['full', 'DELETE,INSERT,SELECT,UPDATE'],
    ['append', 'INSERT,SELECT'],
    ['read', 'SELECT'],
  ])('access %s, whatever was granted before', async (access, privileges) => {
    await bench.owner(`create table shop.${access} (id uuid); grant all on shop.${access} to public;
      select tenantry.enroll('shop.${access}', access => '${access}')`)
    expect(await granted(`shop.${access}`)).toEqual([{ app: true, privileges }])
  })

  test('the directory reads the columns that were named, across tenants, and writes nothing', async () => {
    await bench.owner(
      `create table shop.listed (id int, name text, secret text); select tenantry.enroll('shop.listed', directory => '{id,name}')`,
    )
    for (const tenant of [mine, theirs]) await bench.tenant(tenant, `insert into shop.listed values (1, 'n', 's')`)
    const directory = new pg.Client({ connectionString: bench.database.directoryUrl })
    await directory.connect()
    try {
      expect((await directory.query('select tenant_id, id, name from shop.listed')).rowCount).toBe(2)
      await expect(directory.query('select secret from shop.listed')).rejects.toMatchObject({ code: '42501' })
      await expect(directory.query('delete from shop.listed')).rejects.toMatchObject({ code: '42501' })
      await expect(directory.query('select * from shop.notes')).rejects.toMatchObject({ code: '42501' })
    } finally {
      await directory.end()
    }
  })

  test('no function of enrolment can be called by the app', async () => {
    expect(
      await bench.everything(
        `select p.oid::regprocedure::text as callable from pg_proc p join pg_roles r on r.rolname = '${new URL(bench.database.appUrl).username}'
         where p.pronamespace = 'tenantry'::regnamespace and has_function_privilege(r.oid, p.oid, 'execute')
           and (p.proname ~ 'enroll|partition|switches' or p.prorettype = 'trigger'::regtype)`,
      ),
    ).toEqual([])
  })
})
