import { type CsvRecord, csvRecords, readNumber } from 'tenantry'
import { ImportError } from './import-error.ts'

/** A record whose cells are asked for by column name. */
export interface Row {
  readonly line: number
  readonly text: (column: string) => string
  /** Undefined for an empty cell. */
  readonly number: (column: string) => number | undefined
}

/** Rows of a file with a header line that has at least these columns. */
export async function* rowsOf(bytes: AsyncIterable<Uint8Array>, columns: readonly string[]): AsyncGenerator<Row> {
  let header: readonly string[] | undefined
  for await (const { record, line } of csvRecords(bytes)) {
    if (header === undefined) {
      const missing = columns.filter((column) => !record.includes(column))
      if (missing.length > 0) throw new ImportError(line, `the header lacks ${missing.map((column) => `"${column}"`).join(', ')}`)
      header = record
      continue
    }
    yield rowOf(header, { record, line })
  }
  if (header === undefined) throw new ImportError(1, 'the file is empty')
}

function rowOf(header: readonly string[], { record, line }: CsvRecord): Row {
  if (record.length !== header.length)
    throw new ImportError(line, `has ${record.length} columns, the header has ${header.length}`)
  const text = (column: string) => record[header.indexOf(column)] ?? ''
  const number = (column: string) => {
    const cell = text(column)
    if (cell === '') return undefined
    const value = readNumber(cell)
    if (value === undefined) throw new ImportError(line, `"${column}" is not a number`)
    return value
  }
  return { line, text, number }
}
