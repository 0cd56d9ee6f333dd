import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { requireUuid } from '../../isolation/uuid.ts'
import type { PointStore } from '../point-store.ts'
import type { Grid } from '../window-runs.ts'

/** Of whose points a statement tells, and when. Times are microseconds since 1970 UTC. */
export interface InfluxChoice {
  /** One parent's; without it those of the whole tenant. */
  readonly parentId?: string
  readonly seriesIds?: readonly string[] | undefined
  readonly start?: number
  readonly end?: number
}

/**
 * What InfluxDB is asked, always of one tenant. Only this file makes one, from the scope's own tenant, so a query
 * without a tenant or with somebody else's cannot be written.
 */
export class InfluxStatement {
  readonly text: string
  readonly tenantId: string
  readonly parentId: string | undefined

  private constructor(text: string, tenantId: string, parentId: string | undefined) {
    this.text = text
    this.tenantId = tenantId
    this.parentId = parentId
  }

  /**
   * Answers come per series, with the tags that say whose they are.
   *
   * @example
   * InfluxStatement.select(scope, store, 'value', { parentId, start, end })
   */
  static select(scope: TenantScope, store: PointStore, what: InfluxFigures, choice: InfluxChoice, grid?: Grid): InfluxStatement {
    const parts = what === 'value' ? '"value"' : what.map((name) => `${figures[name]} AS "${name}"`).join(', ')
    const time = grid === undefined ? '' : `, time(${whole(grid.width)}u, ${whole(grid.origin % grid.width)}u)`
    const by = `GROUP BY "tenant", ${quoted(store.parentWord)}, "series"${time}${grid === undefined ? '' : ' fill(none)'}`
    return InfluxStatement.#of(scope, store, `SELECT ${parts} FROM`, choice, by)
  }

  /** The time of the first or the last point. */
  static edge(scope: TenantScope, store: PointStore, which: 'first' | 'last', parentId: string): InfluxStatement {
    const by = `GROUP BY "tenant", ${quoted(store.parentWord)}`
    return InfluxStatement.#of(scope, store, `SELECT ${figures[which]} FROM`, { parentId }, by)
  }

  static delete(scope: TenantScope, store: PointStore, choice: InfluxChoice): InfluxStatement {
    return InfluxStatement.#of(scope, store, 'DELETE FROM', choice, '')
  }

  static #of(scope: TenantScope, store: PointStore, verb: string, choice: InfluxChoice, end: string): InfluxStatement {
    const { parentId, seriesIds, start, end: before } = choice
    const tenantId = requireUuid(scope.context.tenantId, "scope's tenant id")
    const conditions = [
      `"tenant" = ${uuidLiteral(tenantId)}`,
      ...(parentId === undefined ? [] : [`${quoted(store.parentWord)} = ${uuidLiteral(parentId)}`]),
      ...(seriesIds === undefined ? [] : [anyOf(seriesIds)]),
      ...(start === undefined ? [] : [`time >= ${whole(start)}u`]),
      ...(before === undefined ? [] : [`time < ${whole(before)}u`]),
    ]
    const text = `${verb} ${quoted(store.points)} WHERE ${conditions.join(' AND ')} ${end}`.trimEnd()
    return new InfluxStatement(text, tenantId, parentId?.toLowerCase())
  }
}

const figures = {
  min: 'min("value")',
  max: 'max("value")',
  mean: 'mean("value")',
  sum: 'sum("value")',
  count: 'count("value")',
  first: 'first("value")',
  last: 'last("value")',
} as const
export type InfluxFigure = keyof typeof figures
export type InfluxFigures = 'value' | readonly InfluxFigure[]

/** Names come from a system's declaration; one that needed escaping would be a mistake there. */
function quoted(name: string): string {
  if (!/^[a-z][a-z0-9_.]*$/.test(name)) throw new TypeError(`${name} cannot name anything in InfluxDB.`)
  return `"${name}"`
}

/** Nothing but a UUID becomes a text, so there is nothing to escape. */
function uuidLiteral(id: string): string {
  return `'${requireUuid(id, 'id')}'`
}

/** One id as an equation, several as an anchored expression: InfluxDB answers that from its index as well. */
function anyOf(ids: readonly string[]): string {
  const own = ids.map((id) => requireUuid(id, 'series id'))
  return own.length === 1 ? `"series" = '${own[0]}'` : `"series" =~ /^(${own.join('|')})$/`
}

function whole(number: number): string {
  if (!Number.isSafeInteger(number)) throw new TypeError('A time must be whole microseconds.')
  return String(number)
}
