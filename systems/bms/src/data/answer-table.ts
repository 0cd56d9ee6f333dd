import { isLongRead, type Services, type TenantScope } from 'tenantry'
import { namingBuilding } from '../naming-building.ts'
import { bmsPoints } from '../point-store.ts'
import { type TableAsked, tableText, writeTable } from './table-text.ts'

/** The text of a table, by a thread of its own where making it takes longer: refused before its first piece, with the building's name. */
export function answerTable(scope: TenantScope, { points }: Services, asked: TableAsked): Promise<AsyncIterable<string>> {
  const store = points.open(bmsPoints)
  const { aggregate, ...query } = asked.query
  return namingBuilding(
    isLongRead(store, { ...query, aggregates: aggregate }) ? scope.aside(tableText, asked) : writeTable(scope, store, asked),
  )
}
