import { randomUUID } from 'node:crypto'
import { byteaArray, timestampArray } from '../../platform/src/telemetry/binary-arrays.ts'
import { writeBlock } from '../../platform/src/telemetry/point-block.ts'
import type { Customer } from './customers.ts'
import { type Installation, onServer } from './installation.ts'

const days = 60
const seriesCount = 4
const minute = 60_000_000
const day = 1_440 * minute
const start = Date.UTC(2026, 0, 1) * 1_000

/** Two months of points each minute for a customer's first building, 345,600 of them. Answers the span as a query. */
export async function makePoints({ superuserUrl }: Installation, { tenantId, buildings }: Customer): Promise<string> {
  const series = Array.from({ length: seriesCount }, () => randomUUID())
  const starts = Array.from({ length: days }, (_, n) => start + n * day)
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `insert into bms.sensors (tenant_id, id, building_id, point_type, unit, name)
       select $1, id, $2, 'temperature', 'C', 'sensor ' || n from unnest($3::uuid[]) with ordinality as new (id, n)`,
      [tenantId, buildings[0], series],
    )
    await client.query(
      `insert into bms.points (tenant_id, id, building_id, first_at, last_at, count, series, block)
       select $1, tenantry.uuid7(), $2, day.at, day.at + interval '1439 minutes', 1440, array[each], day.block
         from unnest($3::uuid[]) each, unnest($4::timestamptz[], $5::bytea[]) day (at, block)`,
      [tenantId, buildings[0], series, timestampArray(starts), byteaArray(starts.map(blockOfDay))],
    )
    await client.query('vacuum analyze bms.points, bms.sensors')
  })
  return `start=2026-01-01T00:00:00Z&end=2026-03-02T00:00:00Z`
}

function blockOfDay(start: number): Buffer {
  const times = Float64Array.from({ length: 1_440 }, (_, n) => start + n * minute)
  return writeBlock([{ times, values: times.map((time) => 20 + 5 * Math.sin(time / day)) }])
}
