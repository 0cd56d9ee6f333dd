import { Problem } from 'tenantry'
import { bmsProblems } from './problems.ts'

/** Says `building_not_granted` where the platform, which knows no buildings, says `object_not_granted`. */
export async function namingBuilding<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'object_not_granted') throw error
    throw notGranted(String(error.members.objectId), error)
  })
}

export function notGranted(buildingId: string, cause: unknown) {
  return bmsProblems.building_not_granted('This building was not granted to you.', { buildingId }, cause)
}
