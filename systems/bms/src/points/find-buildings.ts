import { Problem, type SqlFragment, sql, type TenantScope } from 'tenantry'
import { notGranted } from '../naming-building.ts'
import { bmsProblems } from '../problems.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What somebody calls a building: an id, or its exact name. */
export const isBuildingId = (text: string): boolean => uuid.test(text)

/**
 * Ids by what buildings were called. An id is not looked for: who stores points learns whether it is there. One visit for all
 * names; a name that no building within reach has, or two have, refuses with `building_not_found`.
 */
export async function findBuildings(scope: TenantScope, called: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = called.filter((text) => !isBuildingId(text))
  const rows = names.length === 0 ? [] : await scope.run(byName(names))
  const found = new Map(rows.map((row) => [row.name, row]))
  const ids = new Map<string, string>()
  for (const text of called) {
    const row = found.get(text)
    if (!isBuildingId(text) && row?.buildings !== 1) throw buildingNotFound(text, row !== undefined)
    ids.set(text, row?.id ?? text.toLowerCase())
  }
  return ids
}

export function buildingNotFound(building: string, several = false) {
  const told = building.slice(0, 100)
  const detail = several ? `Several buildings are called "${told}": name it by its id.` : `You have no building "${told}".`
  return bmsProblems.building_not_found(`${detail} Nothing was stored.`, { building: told })
}

/** The platform knows parents by their ids; who sent points of many buildings wants to know which one it was. */
export function inBuildingWords(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const { objectId } = error.members
  if (error.code === 'object_not_granted') throw notGranted(String(objectId), error)
  if (error.code === 'not_found' && typeof objectId === 'string') throw buildingNotFound(objectId)
  throw error
}

function byName(names: readonly string[]): SqlFragment<{ name: string; id: string; buildings: number }> {
  return sql`select name, min(id::text) as id, count(*)::int as buildings from bms.buildings where name = any(${names}::text[]) group by name`
}
