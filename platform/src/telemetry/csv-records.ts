import { parse } from 'csv-parse'
import { problems } from '../problems/catalogue.ts'

export interface CsvRecord {
  readonly record: readonly string[]
  /** The line it ends on, counted from 1. */
  readonly line: number
}

/**
 * CSV's records with their lines, header included, as the bytes arrive; any line ends, quotes, a byte order mark.
 * Refuses with `malformed_body` (not UTF-8) and `invalid_line` (quotes that do not close).
 */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  // The length of a record is capped because an opening quote that is never closed would swallow the rest of the file.
  const parser = parse({
    bom: true,
    // All of them at once: a file that was edited on two machines has several.
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 10_000,
    trim: true,
  })
  const feeding = feed(bytes, parser)
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { record, line: info.lines }
    }
    await feeding
  } catch (error) {
    const lines = (error as { lines?: unknown }).lines
    if (typeof lines !== 'number') throw error
    throw problems.invalid_line(`Line ${lines} is not CSV: check its quotes. Nothing was stored.`, {
      errors: [{ line: lines, message: 'Not CSV: check its quotes.' }],
    })
  }
}

async function feed(bytes: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes) {
      if (parser.destroyed) return
      if (!parser.write(decoder.decode(chunk, { stream: true }))) await drained(parser)
    }
    parser.end(decoder.decode())
  } catch (error) {
    parser.destroy(error instanceof TypeError ? problems.malformed_body('The file is not UTF-8.') : (error as Error))
  }
}

/** Resolves when there is room again, or when nobody reads any more. */
function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      parser.off('drain', done).off('close', done)
      resolve()
    }
    parser.on('drain', done).on('close', done)
  })
}
