import pg from 'pg'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { listStatement } from '../../platform/src/resources/list.ts'
import { buildings } from '../../systems/bms/src/resources.ts'
import { makeCustomers } from '../database/customers.ts'
import { onServer } from '../database/installation.ts'
import { explain } from '../explain.ts'
import type { Bench, Part } from '../part.ts'
import { most, type Result } from '../result.ts'
import { ofRounds } from '../statistics.ts'

const bound = 20
const pageRows = 51
const rounds = 9

/** The first page of a tenant with very many rows, in PostgreSQL: planning and execution, by its own clock. */
export const million: Part = {
  name: 'million',
  title: 'First page of a list, for a tenant with a million rows among small ones, in PostgreSQL',
  run: measurePages,
}

async function measurePages({ installation, quick, note }: Bench): Promise<Omit<Result, 'part'>[]> {
  const count = quick ? 200_000 : 1_000_000
  note(`Making a tenant with ${count} buildings`)
  const [large] = await makeCustomers(installation, 100, 20)
  if (large === undefined) throw new Error('There is no customer.')
  await fill(installation.superuserUrl, large.tenantId, count)

  await using open = new AsyncDisposableStack()
  const isolation = open.adopt(createIsolation({ url: installation.appUrl }), (each) => each.close())
  const app = open.adopt(new pg.Client({ connectionString: installation.appUrl }), (each) => each.end())
  await app.connect()
  const actor = { kind: 'key', id: large.keyId } as const
  const page = (
    field: string,
    descending: boolean,
    after?: { values: [string]; id: string },
    reach: 'all' | 'granted' = 'all',
  ) => {
    const scope = isolation.scope({ tenantId: large.tenantId, actor, reach })
    return { scope, statement: listStatement(scope, buildings, { field, descending }, [], after, pageRows) }
  }
  const middle = { values: ['2020-07-01T00:00:00Z'] as [string], id: large.tenantId }
  const pages = [
    ['the first page, oldest first', page('createdAt', false)],
    ['newest first', page('createdAt', true)],
    ['by name', page('name', false)],
    ['a page from the middle', page('createdAt', false, middle)],
    ['the first page of a caller limited to one building', page('createdAt', false, undefined, 'granted')],
  ] as const
  const lines: Omit<Result, 'part'>[] = []
  for (const [name, { scope, statement }] of pages) {
    await explain(app, scope, statement)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) times.push(await explain(app, scope, statement))
    const { figure, spread } = ofRounds(times)
    lines.push({
      name: `${name}, ${count.toLocaleString('en')} rows`,
      ours: `${figure.toFixed(2)} ms`,
      figure,
      spread,
      floor: most(bound),
    })
  }
  return lines
}

/** Past the triggers, as they would have left it. */
async function fill(superuserUrl: string, tenantId: string, count: number): Promise<void> {
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `insert into bms.buildings (tenant_id, id, name, created_at)
       select $1, tenantry.uuid7(), 'Building ' || n || ' ' || substr(md5(n::text), 1, 6), timestamptz '2020-01-01' + n * interval '1 minute'
         from generate_series(1, $2::int) n`,
      [tenantId, count],
    )
    await client.query(
      `insert into tenantry.grants (tenant_id, actor_id, object_id)
       select tenant_id, (select id from tenantry.api_keys where tenant_id = $1), id from bms.buildings where tenant_id = $1 limit 1`,
      [tenantId],
    )
    await client.query('vacuum analyze bms.buildings, tenantry.grants')
  })
}
