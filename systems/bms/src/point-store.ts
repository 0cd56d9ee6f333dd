import { type PointStore, Problem } from 'tenantry'
import { bmsProblems } from './problems.ts'

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

/** Says `building_not_granted` where the platform, which knows no buildings, says `object_not_granted`. */
export async function namingBuilding<T>(buildingId: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'object_not_granted') throw error
    throw notGranted(buildingId, error)
  })
}

export function notGranted(buildingId: string, cause: unknown) {
  return bmsProblems.building_not_granted('This building was not granted to you.', { buildingId }, cause)
}
