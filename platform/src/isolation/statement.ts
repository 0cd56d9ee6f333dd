import type { Compilable } from 'kysely'

/**
 * One SQL statement with its bound values. `Row` is the type of the rows it answers;
 * it exists for the type checker only.
 */
export interface Statement<Row = unknown> {
  readonly text: string
  readonly values: readonly unknown[]
  readonly row?: Row
}

/** What a scope runs: our own statements and Kysely's builders alike. */
export type Runnable<Row = unknown> = Statement<Row> | Compilable<Row>

/** The type of the rows that a runnable answers. */
export type RowOf<R> = R extends Statement<infer Row> ? Row : R extends Compilable<infer Row> ? Row : never

/**
 * Builds a statement in which every interpolated value is bound, never spliced in.
 * Fragments made by `sql` itself and by `sql.identifier` are inserted as SQL.
 *
 * @example
 * const open = sql<{ id: string }>`select id from invoices where state = ${'open'}`
 */
export function sql<Row = unknown>(strings: TemplateStringsArray, ...values: readonly unknown[]): SqlFragment<Row> {
  let text = strings[0] ?? ''
  const bound: unknown[] = []
  values.forEach((value, index) => {
    if (value instanceof SqlFragment) {
      text += bound.length === 0 || value.values.length === 0 ? value.text : renumbered(value.text, bound.length)
      bound.push(...value.values)
    } else {
      bound.push(value)
      text += `$${bound.length}`
    }
    text += strings[index + 1] ?? ''
  })
  return new SqlFragment<Row>(text, bound)
}

function renumbered(text: string, by: number): string {
  return text.replace(/\$(\d+)/g, (_, n) => `$${Number(n) + by}`)
}

export class SqlFragment<Row = unknown> implements Statement<Row> {
  readonly text: string
  readonly values: readonly unknown[]
  declare readonly row?: Row

  constructor(text: string, values: readonly unknown[]) {
    this.text = text
    this.values = values
  }
}

/** A quoted, possibly qualified name: `sql.identifier('bms.points', 'id')`. Dots inside one argument separate schema and table. */
sql.identifier = (...path: readonly string[]): SqlFragment =>
  new SqlFragment(
    path
      .flatMap((part) => part.split('.'))
      .map((part) => `"${part.replaceAll('"', '""')}"`)
      .join('.'),
    [],
  )

/** Fragments side by side, for column lists and conditions. */
sql.join = (fragments: readonly SqlFragment[], separator = ', '): SqlFragment => {
  if (fragments.length === 0) return new SqlFragment('', [])
  const strings = ['', ...Array.from({ length: fragments.length - 1 }, () => separator), '']
  return sql(Object.assign(strings, { raw: strings }) as unknown as TemplateStringsArray, ...fragments)
}
