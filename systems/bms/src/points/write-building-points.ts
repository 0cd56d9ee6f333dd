import {
  type CsvMapping,
  type OpenPointStore,
  problems,
  type Restatement,
  readCsvPoints,
  refuseOtherTenant,
  route,
  type TenantEntry,
  type TenantScope,
  type TextSource,
  tenantNames,
  writePoints,
  writeRows,
} from 'tenantry'
import { BuildingPath } from '../data/schemas.ts'
import { namingBuilding } from '../naming-building.ts'
import { bmsPoints } from '../point-store.ts'
import { buildingNotFound } from './find-buildings.ts'
import { NewPoints, PointsQuery, PointsStored } from './schemas.ts'

export const writeBuildingPoints = route({
  method: 'POST',
  path: '/v1/bms/buildings/{id}/points',
  operation: 'writeBuildingPoints',
  summary: 'Store points of a building, as JSON or CSV',
  description:
    'All are stored or none. Sensors that the points name are made where there are none. A point of the same sensor and time replaces the earlier one. ' +
    'CSV has a header line; a constant like `point_type=power` stands for a column that the file lacks.',
  tags: ['bms'],
  permission: 'bms.points:write',
  idempotency: 'own',
  bodyLimit: 32 * 1_048_576,
  params: BuildingPath,
  query: PointsQuery,
  body: NewPoints,
  rawBody: { accepts: ['text/csv'] },
  responses: { 200: PointsStored },
  problems: [
    'invalid_line',
    'other_tenant_named',
    'building_not_found',
    'building_not_granted',
    'quota_exceeded',
    'store_unavailable',
  ],
  handle: ({ scope, tenant, params, query, body, rawBody, services }) => {
    const store = services.points.open(bmsPoints)
    return namingBuilding(
      rawBody ? storeCsv(scope, store, tenant, params.id, query, rawBody) : storeJson(scope, store, params.id, query, body),
    )
  },
})

async function storeJson(scope: TenantScope, store: OpenPointStore, buildingId: string, query: PointsQuery, body: NewPoints) {
  const points = body.points.map(({ sensor, ...point }) => ({ ...point, name: sensor }))
  const { stored } = await writePoints(scope, store, buildingId, points, { batch: query.batch })
  return { stored, refused: 0, errors: [] }
}

async function storeCsv(
  scope: TenantScope,
  store: OpenPointStore,
  tenant: TenantEntry,
  buildingId: string,
  query: PointsQuery,
  bytes: AsyncIterable<Uint8Array>,
) {
  const { packer, errors, refused } = await readCsvPoints(bytes, {
    ...mappingOf(query),
    restated: restatements(tenant, buildingId),
  })
  if (refused > 0 && query.partial !== 'true') {
    throw problems.invalid_line(
      `${refused} ${refused === 1 ? 'line' : 'lines'} could not be read, the first is line ${errors[0]?.line}. Nothing was stored.`,
      {
        refused,
        errors,
      },
    )
  }
  const { stored } = await writeRows(scope, store, buildingId, packer.finish(), { batch: query.batch })
  return { stored, refused, errors }
}

/** Exports of whole portfolios have such columns: a line about another tenant or building was not meant for this one. */
function restatements(tenant: TenantEntry, buildingId: string): Restatement[] {
  const judgeBuilding = (text: string) => {
    if (text.toLowerCase() !== buildingId.toLowerCase()) throw buildingNotFound(text)
  }
  return [
    { columns: tenantNames, judge: (text, line) => refuseOtherTenant(tenant, text, line) },
    { columns: ['building_id', 'buildingid'], judge: judgeBuilding },
  ]
}

function mappingOf(query: PointsQuery): CsvMapping {
  return {
    timeColumn: query.time_column,
    valueColumn: query.value_column,
    pointType: query.point_type === undefined ? { column: query.point_type_column } : { constant: query.point_type },
    unit: textSource(query.unit, query.unit_column, 'unit'),
    name: textSource(query.sensor, query.sensor_column, 'sensor'),
    timeZone: query.time_zone,
  }
}

/** What was said for all lines, else the column that was named, else the usual one where the file has it: as our own CSV does. */
function textSource(constant: string | undefined, column: string | undefined, usual: string): TextSource {
  if (column !== undefined) return { column }
  return constant === undefined ? { column: usual, optional: true } : { constant }
}
