import type { PointStore } from 'tenantry/reading'

/** Made by `tenantry.create_point_store` in migration 0001. */
export const bmsPoints: PointStore = {
  points: 'bms.points',
  parent: 'bms.buildings',
  parentColumn: 'building_id',
  parentWord: 'building',
  series: 'bms.sensors',
  seriesEvent: 'bms.sensor.created',
  timeZoneColumn: 'time_zone',
  meter: 'points',
}
