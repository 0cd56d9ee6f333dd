import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { mintKey } from '../../platform/src/keys/key-format.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { type Installation, onServer } from './installation.ts'

/** A tenant with a key that may do everything and some buildings. */
export interface Customer {
  readonly tenantId: string
  readonly slug: string
  readonly credential: string
  readonly keyId: string
  readonly buildings: readonly string[]
}

const atOnce = 5_000

/**
 * Makes tenants by the shortest way, past the triggers: a hundred thousand of them in seconds. Servers that are to know them
 * start afterwards.
 */
export async function makeCustomers({ superuserUrl }: Installation, count: number, buildingsEach: number): Promise<Customer[]> {
  const customers: Customer[] = []
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    while (customers.length < count) {
      const batch = Array.from({ length: Math.min(atOnce, count - customers.length) }, () => newCustomer(buildingsEach))
      await insertCustomers(client, batch)
      customers.push(...batch.map(({ customer }) => customer))
    }
    await client.query('vacuum analyze tenantry.tenants, tenantry.api_keys, bms.buildings, bench.rows')
  })
  return customers
}

function newCustomer(buildings: number) {
  const tenantId = randomUUID()
  const { credential, publicId, hash } = mintKey('tenant')
  const customer: Customer = {
    tenantId,
    slug: `b${tenantId.replaceAll('-', '').slice(0, 20)}`,
    credential,
    keyId: randomUUID(),
    buildings: Array.from({ length: buildings }, () => randomUUID()),
  }
  return { customer, publicId, hash }
}

async function insertCustomers(client: pg.Client, batch: readonly ReturnType<typeof newCustomer>[]): Promise<void> {
  const tenantIds = batch.map(({ customer }) => customer.tenantId)
  await client.query(
    `insert into tenantry.tenants (tenant_id, id, slug, name, system, tier, status)
     select id, id, slug, 'Customer ' || slug, 'bms', 'enterprise', 'active' from unnest($1::uuid[], $2::text[]) as new (id, slug)`,
    [tenantIds, batch.map(({ customer }) => customer.slug)],
  )
  await client.query(
    `insert into tenantry.api_keys (tenant_id, id, public_id, hash, name, permissions, created_by)
     select tenant_id, id, public_id, hash, 'bench', $5::text[], id
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) as new (tenant_id, id, public_id, hash)`,
    [
      tenantIds,
      batch.map(({ customer }) => customer.keyId),
      batch.map(({ publicId }) => publicId),
      batch.map(({ hash }) => hash),
      Object.keys(bms.permissions),
    ],
  )
  const buildings = batch.flatMap(({ customer }) => customer.buildings.map((id) => ({ id, tenantId: customer.tenantId })))
  for (const table of ['bms.buildings', 'bench.rows']) {
    await client.query(
      `insert into ${table} (tenant_id, id, name, address)
       select tenant_id, id, 'Building ' || n, n || ' Market Street'
         from unnest($1::uuid[], $2::uuid[]) with ordinality as new (tenant_id, id, n)`,
      [buildings.map(({ tenantId }) => tenantId), buildings.map(({ id }) => id)],
    )
  }
}

/** Room for the sensors that points make: what is counted needs a counter and a limit, and past the triggers there is neither. */
export async function allowSensors({ superuserUrl }: Installation, customers: readonly Customer[]): Promise<void> {
  await onServer(superuserUrl, async (client) => {
    const ids = customers.map(({ tenantId }) => tenantId)
    await client.query(
      `insert into tenantry.limits (tenant_id, name, max) select id, 'sensors', null from unnest($1::uuid[]) id`,
      [ids],
    )
    await client.query(
      `insert into tenantry.counters (tenant_id, name) select id, 'sensors' from unnest($1::uuid[]) id on conflict do nothing`,
      [ids],
    )
  })
}

/** The same buildings for the peer that knows no tenants: a table as one would make it there. */
export async function copyToPlain({ plainUrl, plainSuperuserUrl }: Installation, customers: readonly Customer[]): Promise<void> {
  await onServer(plainUrl, async (client) => {
    await client.query(`create table if not exists buildings (
      id uuid primary key, name text not null, address text, time_zone text not null default 'UTC', network_id text,
      version int not null default 1, created_at timestamptz not null default now(), updated_at timestamptz not null default now())`)
    await client.query(
      `insert into buildings (id, name, address)
       select id, 'Building ' || n, n || ' Market Street' from unnest($1::uuid[]) with ordinality as new (id, n) on conflict do nothing`,
      [customers.flatMap(({ buildings }) => buildings)],
    )
  })
  await onServer(plainSuperuserUrl, (client) => client.query('vacuum analyze buildings'))
}
