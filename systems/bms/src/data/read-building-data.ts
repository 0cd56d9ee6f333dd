import { problems, reply, route } from 'tenantry'
import { answerTable } from './answer-table.ts'
import { BuildingData, BuildingPath, DataQuery } from './schemas.ts'

export const readBuildingData = route({
  method: 'GET',
  path: '/v1/bms/buildings/{id}/data',
  operation: 'readBuildingData',
  summary: "Read a building's points, raw or in windows",
  description:
    'From `start` on and before `end`. Without `window`: the points as they were measured. With it: `aggregate` of each window that has points, ' +
    "days and longer by the building's own calendar. With `points`: the lowest and the highest of each pixel at their own times " +
    '(from a pixel of an hour on: at the beginning of their quarter of an hour, from four hours on of their hour), first and last always kept. What was not measured is not there: a window, or a pixel, without points has no row. ' +
    'Answers JSON, or CSV where `Accept` or `format` asks for it.',
  tags: ['bms'],
  permission: 'bms.buildings:read',
  logged: 'building.read',
  params: BuildingPath,
  query: DataQuery,
  responses: { 200: BuildingData },
  problems: ['range_too_wide', 'building_not_granted', 'not_acceptable', 'store_unavailable'],
  handle: async ({ scope, params, query, request, services }) => {
    const format = query.format ?? acceptedFormat(request.headers.accept)
    const text = await answerTable(scope, services, { buildingId: params.id, query, format })
    return reply(200, text, { contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8' })
  },
})

/** The one that `Accept` names; JSON where it names neither or both. */
function acceptedFormat(accept: string | undefined): 'json' | 'csv' {
  const types = (accept ?? '*/*').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '')
  if (types.some((type) => type === 'application/json' || type === 'application/*' || type === '*/*')) {
    return types[0] === 'text/csv' ? 'csv' : 'json'
  }
  if (types.some((type) => type === 'text/csv' || type === 'text/*')) return 'csv'
  throw problems.not_acceptable('This answers application/json or text/csv.', { offered: ['application/json', 'text/csv'] })
}
