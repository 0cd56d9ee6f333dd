import { createHash } from 'node:crypto'
import { z } from 'zod'
import { problems } from '../problems/catalogue.ts'
import { queryInteger } from './query-values.ts'

/** Spread into the query schema of a route that answers pages. */
export const pageQuery = {
  limit: queryInteger(1, 200).default(50).describe('Most items on a page'),
  cursor: z.string().min(1).max(2000).optional().describe('`nextCursor` of the page before'),
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** The response schema of a page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Where a page ended: the last row's sort values and its id, which breaks ties. */
export interface Position {
  readonly values: readonly SortValue[]
  readonly id: string
}
export type SortValue = string | number | boolean | null

const Cursor = z.strictObject({ query: z.string().length(22), values: z.unknown(), id: z.unknown() })

/** The form of a position in a list that is sorted by nothing but its ids. */
export const idPosition = z.object({ values: z.tuple([]), id: z.uuid() })
/** A text that a list was sorted by. PostgreSQL knows no NUL, and would fail on one. */
export const cursorText = z
  .string()
  .max(1000)
  .regex(/^[^\0]*$/)
/** The form of a position in a list that is sorted by a time. */
export const timePosition = z.object({ values: z.tuple([z.iso.datetime()]), id: z.uuid() })

/**
 * Reads `?cursor=`. `query` is what the page was asked with, beside limit and cursor; `form` is what `makePage` was given: a
 * cursor is data from outside, and the database would fail on one of another form. A cursor of another query, or one that was
 * not made here, is `invalid_cursor`. It is not permission: what it leads to still passes scope and policy.
 */
export function readCursor<Form extends z.ZodType<Position>>(
  cursor: string | undefined,
  query: Readonly<Record<string, unknown>>,
  form: Form,
): z.output<Form> | undefined {
  if (cursor === undefined) return undefined
  const parsed = Cursor.safeParse(decode(cursor))
  const position = form.safeParse(parsed.data)
  if (!parsed.success || !position.success) throw problems.invalid_cursor('The cursor was not made by this server.')
  if (parsed.data.query !== hashOf(query)) throw problems.invalid_cursor('The cursor belongs to another query.')
  return position.data
}

/**
 * Makes a page of rows read with `limit + 1`: the one too many only says that there is a next page.
 *
 * @example
 * const { limit, cursor, ...asked } = query
 * const after = readCursor(cursor, asked, timePosition)
 * const rows = await scope.run(listAfter(after, limit + 1))
 * return makePage(rows, limit, asked, (row) => ({ values: [row.createdAt], id: row.id }))
 */
export function makePage<Row>(
  rows: readonly Row[],
  limit: number,
  query: Readonly<Record<string, unknown>>,
  positionOf: (row: Row) => Position,
): Page<Row> {
  if (rows.length <= limit) return { items: rows, nextCursor: null }
  const items = rows.slice(0, limit)
  const { values, id } = positionOf(items[limit - 1] as Row)
  return { items, nextCursor: Buffer.from(JSON.stringify({ query: hashOf(query), values, id })).toString('base64url') }
}

/** The same for the same query, in whatever order its keys came. */
function hashOf(query: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(query)
    .filter(([name, value]) => value !== undefined && name !== 'limit' && name !== 'cursor')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 22)
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
