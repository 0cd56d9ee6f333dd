import { type OpenPointStore, type TenantScope, textWork } from 'tenantry/reading'
import { bmsPoints } from '../point-store.ts'
import { comparisonAsJson, dataAsCsv, dataAsJson } from './data-table.ts'
import { readTable } from './read-table.ts'
import type { DataQuery } from './schemas.ts'

/** What is read of which building, or of several side by side, and how it is written; plain data. */
export type TableAsked = { readonly query: DataQuery } & (
  | { readonly buildingId: string; readonly format: 'json' | 'csv' }
  | { readonly buildingIds: readonly string[] }
)

/** Where points lie in PostgreSQL, which is the only place of which long reads are asked `aside`. */
const here: OpenPointStore = { ...bmsPoints, influx: undefined }

export const tableText = textWork(import.meta.url, 'tableText', async function* (scope, asked: TableAsked) {
  yield* await writeTable(scope, here, asked)
})

/** Refuses before the first piece of text. */
export async function writeTable(scope: TenantScope, store: OpenPointStore, asked: TableAsked): Promise<AsyncIterable<string>> {
  if ('buildingId' in asked) {
    const table = await readTable(scope, store, asked.buildingId, asked.query)
    return asked.format === 'csv' ? dataAsCsv(table) : dataAsJson(table)
  }
  const tables = []
  for (const id of asked.buildingIds) tables.push(await readTable(scope, store, id, asked.query))
  return comparisonAsJson(tables)
}
