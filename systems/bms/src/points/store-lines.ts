import {
  type Lot,
  type OpenPointStore,
  type ProtocolPoints,
  problems,
  readLineProtocol,
  sql,
  type TenantEntry,
  type TenantScope,
  writeLots,
} from 'tenantry'
import { findBuildings, inBuildingWords } from './find-buildings.ts'
import type { Precision } from './influx-schemas.ts'

export interface LineRequest {
  /** Building of lines that name none, by id or name; empty for none. */
  readonly building: string
  readonly precision: Precision
  /** Keep the good lines even if there are bad ones. */
  readonly partial: boolean
}

export interface StoredLines {
  readonly stored: number
  /** How many lines were left out, and the numbers of the first of them. */
  readonly refused: number
  readonly refusedLines: readonly number[]
}

/** Stores line protocol: all of it in one transaction, or nothing. */
export async function storeLines(
  scope: TenantScope,
  store: OpenPointStore,
  tenant: TenantEntry,
  bytes: AsyncIterable<Uint8Array>,
  { building, precision, partial }: LineRequest,
): Promise<StoredLines> {
  const read = await readLineProtocol(bytes, {
    parentTags: ['building', 'building_id'],
    precision,
    tenant,
    now: () => readClock(scope),
  })
  if (read.refused > 0 && (!partial || read.lots.size === 0)) throw badLines(read)
  const lots = await lotsOf(scope, read, building)
  const { stored } = await writeLots(scope, store, lots).catch(inBuildingWords)
  return { stored, refused: read.refused, refusedLines: read.errors.map(({ line }) => line) }
}

async function lotsOf(scope: TenantScope, { lots }: ProtocolPoints, building: string): Promise<Lot[]> {
  const silent = lots.get('')
  if (silent !== undefined && building === '') {
    throw problems.invalid_line(`Line ${silent.firstLine} names no building: give it the tag \`building\`. Nothing was stored.`, {
      errors: [{ line: silent.firstLine, message: 'Names no building, and the request names none for all lines.' }],
    })
  }
  const called = [...lots.keys()].map((text) => text || building)
  const ids = await findBuildings(scope, called)
  const byId = new Map<string, Lot['rows']>()
  for (const [text, { packer }] of lots) {
    const id = ids.get(text || building) as string
    byId.set(id, [...(byId.get(id) ?? []), ...packer.finish()])
  }
  return [...byId].map(([parentId, rows]) => ({ parentId, rows }))
}

async function readClock(scope: TenantScope): Promise<number> {
  const row = await scope.first(sql<{ now: number }>`select (extract(epoch from tenantry.clock()) * 1000000)::int8 as now`)
  return row?.now ?? Number.NaN
}

function badLines({ errors, refused }: ProtocolPoints) {
  const [first] = errors
  const many = refused === 1 ? '1 line' : `${refused} lines`
  return problems.invalid_line(`${many} could not be read. Line ${first?.line}: ${first?.message} Nothing was stored.`, {
    refused,
    errors,
  })
}
