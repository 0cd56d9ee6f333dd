import { type ColumnReader, columnReader } from './column-types.ts'

/** The part of a RowDescription's field that reading needs. */
export interface DescribedColumn {
  readonly name: string
  readonly dataTypeID: number
}

/** Reads rows of one description: names become camelCase once, not once per row. */
export class RowReader {
  readonly #names: readonly string[]
  readonly #readers: readonly (ColumnReader | undefined)[]

  constructor(columns: readonly DescribedColumn[]) {
    this.#names = columns.map((column) => camelCase(column.name))
    this.#readers = columns.map((column) => columnReader(column.dataTypeID))
  }

  read(texts: readonly (string | null)[]): Record<string, unknown> {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < this.#names.length; index++) {
      const text = texts[index] as string | null
      const read = this.#readers[index]
      row[this.#names[index] as string] = text === null || read === undefined ? text : read(text)
    }
    return row
  }
}

/** What a statement that answers no rows is described as. */
export const noRows = new RowReader([])

/** `created_at` to `createdAt`, by the same rule as Kysely's CamelCasePlugin. */
export function camelCase(name: string): string {
  let camel = name.slice(0, 1)
  for (let index = 1; index < name.length; index++) {
    const letter = name.charAt(index)
    if (letter !== '_') camel += name.charAt(index - 1) === '_' ? letter.toUpperCase() : letter
  }
  return camel
}
