import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlFragment } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { listStatement } from './list.ts'
import { filterConditions } from './list-query.ts'
import { rarityStatement, searchStatement } from './search.ts'
import { customers, openShop, type Shop } from './shop.test-support.ts'

/** So many that a plan which walks through them is told apart from one that does not; `npm run bench -- million` has the time of a million. */
const rows = 200_000
const pageRows = 51

let shop: Shop
let large: TenantScope
let small: TenantScope
let app: pg.Client

beforeAll(async () => {
  shop = await openShop()
  large = await shop.tenant()
  small = await shop.tenant()
  app = new pg.Client({ connectionString: shop.database.appUrl })
  await app.connect()
  for (const [scope, count] of [
    [large, rows],
    [small, 1_000],
  ] as const)
    await fill(scope.context.tenantId, count)
}, 600_000)
afterAll(async () => {
  await app?.end()
  await shop?.close()
})

/** Rows in one transaction: a long one would hold back the outboxes of all databases of the server, other tests' too. */
const lot = 50_000

/** As a superuser and without triggers: rows with their words, as the triggers would have left them. */
async function fill(tenantId: string, count: number): Promise<void> {
  const superuser = new pg.Client({ connectionString: shop.database.superuserUrl })
  await superuser.connect()
  await superuser.query('set session_replication_role = replica')
  for (let first = 1; first <= count; first += lot) {
    const numbers = [tenantId, first, Math.min(first + lot - 1, count)]
    await superuser.query(
      `insert into shop.customers (tenant_id, name, city, rating, created_at)
       select $1, 'Customer ' || n || ' ' || substr(md5(n::text), 1, 6), case when n % 1000 = 0 then 'Reykjavik' else 'London' end, n,
         timestamptz '2020-01-01' + n * interval '1 minute'
       from generate_series($2::int, $3::int) n`,
      numbers,
    )
    await superuser.query(
      `insert into tenantry.search_tokens (tenant_id, target, token, object_id)
       select distinct c.tenant_id, 'shop.customers', w.word, c.id
       from shop.customers c, lateral tenantry.words(c.name || ' ' || c.city) w(word)
       where c.tenant_id = $1 and c.rating between $2::int and $3::int`,
      numbers,
    )
  }
  await superuser.query('vacuum analyze shop.customers')
  await superuser.query('vacuum analyze tenantry.search_tokens')
  await superuser.end()
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

/** What PostgreSQL did, as the app role in the tenant's context: the nodes, and the most rows any of them touched. */
async function explain(scope: TenantScope, statement: SqlFragment) {
  await app.query('begin read only')
  try {
    const { tenantId, actor, reach } = scope.context
    await app.query(
      `select set_config('tenantry.tenant', $1, true), set_config('tenantry.actor', $2, true), set_config('tenantry.reach', $3, true)`,
      [tenantId, actor.id, reach],
    )
    const run = async () =>
      (await app.query(`explain (analyze, format json) ${statement.text}`, [...statement.values])).rows[0]['QUERY PLAN'][0]
    await run()
    const plan = await run()
    const nodes = flatten(plan.Plan)
    return {
      nodes: nodes.map((node) => node['Node Type']),
      touched: Math.max(
        ...nodes.map((node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']),
      ),
    }
  } finally {
    await app.query('rollback')
  }
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}

describe('a large tenant among small ones', () => {
  const list = (field: string, descending: boolean, after?: { values: [string | number]; id: string }, query = {}) =>
    listStatement(large, customers, { field, descending }, filterConditions(customers, query), after, pageRows)

  test.each([
    ['its first page', () => list('createdAt', false)],
    ['its last page first', () => list('createdAt', true)],
    ['sorted by name', () => list('name', false)],
    [
      'a page from the middle',
      () => list('createdAt', false, { values: ['2020-12-01T00:00:00Z'], id: '018f0000-0000-7000-8000-000000000000' }),
    ],
  ])("%s is read from the index, without a sort, a page's worth of rows", async (_, statement) => {
    const { nodes, touched } = await explain(large, statement())
    expect(nodes).not.toContain('Sort')
    expect(nodes).not.toContain('Seq Scan')
    expect(touched).toBeLessThanOrEqual(2 * pageRows)
  })

  test.each([
    ['a word that everything has', ['london']],
    ['the beginning of a word that everything has', ['cust']],
    ['one letter', ['c']],
    ['a word that one has', ['777777']],
    ['a word that nothing has', ['zzz']],
    ['two words, the rarer first', ['reyk', 'cust']],
    ['a rare and a common word', ['777777', 'london']],
  ])('the first page of a search for %s touches a bounded number of rows', async (_, words) => {
    const { nodes, touched } = await explain(large, searchStatement(large, customers, words, [], undefined, pageRows))
    expect(nodes).not.toContain('Seq Scan')
    expect(touched).toBeLessThanOrEqual(1_200)
  })

  test('which word is the rarest is found out by counting a bounded number', async () => {
    const words = ['london', 'cust', 'reyk', '777777']
    const { nodes, touched } = await explain(large, rarityStatement(large, customers, words))
    expect(nodes).not.toContain('Seq Scan')
    expect(touched).toBeLessThanOrEqual(1_000)
  })

  test('a small tenant beside it does not feel it', async () => {
    const statement = listStatement(small, customers, { field: 'createdAt', descending: false }, [], undefined, pageRows)
    const { touched } = await explain(small, statement)
    expect(touched).toBeLessThanOrEqual(2 * pageRows)
  })
})
