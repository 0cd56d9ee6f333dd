import { reply, route, sql, type TenantScope } from 'tenantry'
import { answerTable } from './answer-table.ts'
import { BuildingComparison, ComparisonQuery } from './schemas.ts'

export const compareBuildings = route({
  method: 'GET',
  path: '/v1/bms/data',
  operation: 'compareBuildings',
  summary: 'Read the points of several buildings side by side',
  description:
    'As `GET /v1/bms/buildings/{id}/data`, for up to ten buildings in the order asked for; windows of days and longer follow each ' +
    "building's own calendar. One that cannot be read refuses the whole.",
  tags: ['bms'],
  permission: 'bms.buildings:read',
  query: ComparisonQuery,
  responses: { 200: BuildingComparison },
  problems: ['not_found', 'range_too_wide', 'building_not_granted', 'store_unavailable'],
  handle: async ({ scope, query, services }) => {
    await logReads(scope, query.building_id)
    const text = await answerTable(scope, services, { buildingIds: query.building_id, query })
    return reply(200, text, { contentType: 'application/json; charset=utf-8' })
  },
})

/** One row of the access log for each building, before any of its points: a read of those in sight, a refusal of the others. */
async function logReads(scope: TenantScope, ids: readonly string[]): Promise<void> {
  const action = sql`case when b.id is null then 'building.read.refused' else 'building.read' end`
  await scope.run(
    sql`select tenantry.record_access(${action}, asked.id)
      from unnest(${ids}::uuid[]) asked (id) left join bms.buildings b on b.id = asked.id`,
    { lane: 'write' },
  )
}
