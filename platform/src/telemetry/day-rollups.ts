import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { byteaArray, dateArray } from './binary-arrays.ts'
import { type Figures, noFigures, readFigures, writeFigures } from './day-figures.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { readDay, readUuid } from './read-binary.ts'

export const dayLength = 86_400_000_000
export const hoursOfDay = 24
export const quartersOfDay = 96
const quartersOfHour = quartersOfDay / hoursOfDay

/** A day of a series, by the instant at which it begins (UTC), and what its quarters of an hour add up to. */
export interface DayRollup {
  readonly seriesId: string
  readonly day: number
  readonly quarters: Figures
}

/** What hours add up to, from their quarters. */
function hoursOf(quarters: Figures): Figures {
  const hours = noFigures(hoursOfDay)
  for (let place = 0; place < quartersOfDay; place++) {
    const count = quarters.counts[place] as number
    if (count === 0) continue
    const hour = Math.floor(place / quartersOfHour)
    const isFirst = hours.counts[hour] === 0
    const [min, max] = [quarters.mins[place] as number, quarters.maxs[place] as number]
    hours.counts[hour] = (hours.counts[hour] as number) + count
    hours.sums[hour] = (hours.sums[hour] as number) + (quarters.sums[place] as number)
    if (isFirst || min < (hours.mins[hour] as number)) hours.mins[hour] = min
    if (isFirst || max > (hours.maxs[hour] as number)) hours.maxs[hour] = max
    hours.lasts[hour] = quarters.lasts[place] as number
  }
  return hours
}

/** Days as they are stored, of pairs of a series and a day: those that are there. */
export function storedDays(
  scope: TenantScope,
  store: PointStore,
  pairs: readonly Pick<DayRollup, 'seriesId' | 'day'>[],
  take: (day: DayRollup) => void,
): TakenStatement {
  return {
    statement: sql`select r.series_id, r.day, r.quarters from ${pairsOf(pairs)} cross join lateral (
        select r.* from ${tablesOf(store).rollups} r
        where ${ownRows(scope, undefined, 'r')} and r.series_id = pair.series_id and r.day = pair.day
        offset 0
      ) r`,
    take: (columns) => {
      const [seriesId, day, quarters] = columns as [Buffer, Buffer, Buffer]
      take({ seriesId: readUuid(seriesId), day: readDay(day), quarters: readFigures(quarters, noFigures(quartersOfDay)) })
    },
  }
}

/** Writes days with their hours; one without any points goes. */
export function storeDays(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  days: readonly DayRollup[],
): readonly SqlFragment[] {
  const { rollups, parent } = tablesOf(store)
  const [filled, empty]: [DayRollup[], DayRollup[]] = [[], []]
  for (const day of days) (day.quarters.counts.some((count) => count > 0) ? filled : empty).push(day)
  const [hours, quarters] = [
    filled.map((day) => writeFigures(hoursOf(day.quarters))),
    filled.map((day) => writeFigures(day.quarters)),
  ]
  return [
    sql`insert into ${rollups} as r (series_id, day, ${parent}, hours, quarters)
      select series_id, day, ${parentId}::uuid, hours, quarters
      from unnest(${filled.map(({ seriesId }) => seriesId)}::uuid[], ${dateArray(filled.map(({ day }) => day))}::date[],
        ${byteaArray(hours)}::bytea[], ${byteaArray(quarters)}::bytea[]) made (series_id, day, hours, quarters)
      order by series_id, day
      on conflict (tenant_id, series_id, day) do update set hours = excluded.hours, quarters = excluded.quarters
        where r.quarters is distinct from excluded.quarters`,
    sql`delete from ${rollups} r using ${pairsOf(empty)}
      where ${ownRows(scope, undefined, 'r')} and r.series_id = pair.series_id and r.day = pair.day`,
  ].filter((_, index) => (index === 0 ? filled : empty).length > 0)
}

function pairsOf(pairs: readonly Pick<DayRollup, 'seriesId' | 'day'>[]): SqlFragment {
  return sql`unnest(${pairs.map(({ seriesId }) => seriesId)}::uuid[], ${dateArray(pairs.map(({ day }) => day))}::date[]) pair (series_id, day)`
}
