import type { InfluxDatabase } from './influx/influx-database.ts'
import type { PointMetering } from './metered-points.ts'

/**
 * Where a system keeps its points, as it declares it: the tables that `tenantry.create_point_store`, `tenantry.add_point_rollups` and
 * `tenantry.add_point_arrivals` were told of in migrations. An installation opens it (`services.points.open`), which decides
 * whether points lie in PostgreSQL or in InfluxDB.
 */
export interface PointStore {
  /** `bms.points` */
  readonly points: `${string}.${string}`
  /** The thing that has points: `bms.buildings`. */
  readonly parent: `${string}.${string}`
  /** The parent's column in points and series: `building_id`. */
  readonly parentColumn: string
  /** One word for messages: `building`. */
  readonly parentWord: string
  /** What is measured: has id, the parent column, point_type, unit, name. */
  readonly series: `${string}.${string}`
  /** Told to the outbox for a series that points made: `bms.sensor.created`. */
  readonly seriesEvent?: string
  /**
   * The metered limit from which stored points are taken, in tenants whose plan has it: what does not fit is refused as a whole.
   * The single place where plans come in.
   */
  readonly meter?: string
  /** Column of the parent that holds its IANA time zone; days and months follow it. Without one they follow UTC. */
  readonly timeZoneColumn?: string
}

/**
 * A store in an installation. What lies behind it is nobody's business but this folder's: others write and read by `writePoints`,
 * `writeLots`, `readPoints`, `readWindows`, `readPixels`, `listSeries`, `dropPointsBefore` and `services.livePoints`.
 */
export interface OpenPointStore extends PointStore {
  /** Points lie here; undefined: in PostgreSQL. Parents, series, grants and quotas are in PostgreSQL in any case. */
  readonly influx: InfluxDatabase | undefined
  /** How `meter` is taken; without it points are not metered. */
  readonly metering?: PointMetering
}

/** A series as points name it. A parent may have two of a kind, told apart by name. */
export interface SeriesName {
  /** `temperature`, `power`: lower case. */
  readonly pointType: string
  /** `degC`, `kW`; empty for none. */
  readonly unit: string
  /** Empty where the parent has one of this kind and unit. */
  readonly name: string
}

export interface Series extends SeriesName {
  readonly id: string
}

export interface Point extends SeriesName {
  /** Microseconds since 1970 UTC. */
  readonly time: number
  readonly value: number
}

/** Points of one packed row, and of one insert. More in one statement makes its transition tables and locks felt by others. */
export const pointsPerRow = 5_000

/** Points of a packed row that live readers are told one by one. More at once is an import or a backlog: they are told to read it. */
export const mostToldSingly = 1_000
