import { randomUUID } from 'node:crypto'
import type { Customer } from './customers.ts'
import { type Installation, onServer } from './installation.ts'

const days = 60
const seriesCount = 4

/** Two months of points each minute for a customer's first building, 345,600 of them. Answers the span as a query. */
export async function makePoints({ superuserUrl }: Installation, { tenantId, buildings }: Customer): Promise<string> {
  const series = Array.from({ length: seriesCount }, () => randomUUID())
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `insert into bms.sensors (tenant_id, id, building_id, point_type, unit, name)
       select $1, id, $2, 'temperature', 'C', 'sensor ' || n from unnest($3::uuid[]) with ordinality as new (id, n)`,
      [tenantId, buildings[0], series],
    )
    await client.query(
      `insert into bms.points (tenant_id, id, building_id, first_at, last_at, series, slots, times, "values")
       select $1, tenantry.uuid7(), $2, min(at), max(at), array[each], array_agg(1::smallint order by at), array_agg(at order by at),
              array_agg(20 + 5 * sin(extract(epoch from at) / 86400) order by at)
         from unnest($3::uuid[]) each, generate_series(timestamptz '2026-01-01', timestamptz '2026-01-01' + $4 * interval '1 day' - interval '1 minute', interval '1 minute') at
        group by each, date_trunc('day', at)`,
      [tenantId, buildings[0], series, days],
    )
    await client.query('vacuum analyze bms.points, bms.sensors')
  })
  return `start=2026-01-01T00:00:00Z&end=2026-03-02T00:00:00Z`
}
