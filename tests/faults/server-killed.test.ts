import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Customer, Installation } from './installation.test-support.ts'
import { acknowledged, readBuildings, steadyLoad, until } from './load.test-support.ts'

let installation: Installation
let customers: Customer[]

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(2)
})
afterAll(() => installation?.close())

test('a server killed while it writes leaves nothing half done, and nothing acknowledged is lost', async () => {
  for (let round = 0; round < 3; round++) {
    const server = await installation.startServer()
    const load = steadyLoad(server.port, customers)
    await until(() => acknowledged(load).length > 50 + 20 * round, 10_000)
    expect(await server.end('SIGKILL')).toBe('SIGKILL')
    await load.stop()
    const stored = await installation.rows('select id from bms.buildings where id = any($1)', [acknowledged(load)])
    expect(stored.length).toBe(acknowledged(load).length)
  }
  // What its connections had sent may still be at work.
  await until(
    async () => (await installation.rows(`select from pg_stat_activity where usename = 'faults_app'`)).length === 0,
    5_000,
  )
  expect(await halves()).toEqual([])
  const next = await installation.startServer()
  for (const customer of customers) expect((await readBuildings(next.port, customer)).status).toBe(200)
}, 60_000)

/** Buildings without exactly one event and one audit entry, either of these without its building, counters that count wrong. */
function halves(): Promise<unknown[]> {
  return installation.rows(`
    with told as (select tenant_id, object_id as id, count(*) from tenantry.events where type = 'bms.building.created' group by 1, 2),
         audited as (select tenant_id, object_id as id, count(*) from tenantry.audit_entries
                      where object_type = 'bms.buildings' group by 1, 2)
    select tenant_id, id::text, 'event' as wrong from bms.buildings b full join told using (tenant_id, id)
     where b.name is null or told.count is distinct from 1
    union all
    select tenant_id, id::text, 'audit' from bms.buildings b full join audited using (tenant_id, id)
     where b.name is null or audited.count is distinct from 1
    union all
    select c.tenant_id, c.name, 'counter' from tenantry.counters c
     where c.name = 'buildings' and c.used <> (select count(*) from bms.buildings b where b.tenant_id = c.tenant_id)`)
}
