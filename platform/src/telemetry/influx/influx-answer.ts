import type { Problem } from '../../problems/problem.ts'
import type { InfluxStatement } from './influx-statement.ts'

/** Some rows of one series: the first column is the time, in microseconds. */
export interface InfluxRows {
  /** Place of the statement among those asked. */
  readonly statement: number
  readonly seriesId: string
  readonly rows: readonly (readonly number[])[]
}

/** Characters of one piece of an answer. InfluxDB sends 5,000 rows a piece; one that knows no pieces is refused before it fills memory. */
const mostOfPiece = 32 * 1_048_576

interface Piece {
  readonly error?: string
  readonly results?: readonly {
    readonly statement_id?: number
    readonly error?: string
    readonly series?: readonly {
      readonly tags?: Readonly<Record<string, string>>
      readonly values?: readonly (readonly number[])[]
    }[]
  }[]
}

export interface AnswerOptions {
  /** Milliseconds for the next piece; how long the reader takes is not counted. */
  readonly wait: number
  readonly unavailable: (cause: unknown) => Problem
}

/** Reads an answer piece by piece; each is a line of JSON. */
export async function* readAnswer(
  body: ReadableStream<Uint8Array>,
  statements: readonly InfluxStatement[],
  { wait, unavailable }: AnswerOptions,
): AsyncGenerator<InfluxRows> {
  for await (const line of linesOf(body, wait, unavailable)) {
    const piece = JSON.parse(line) as Piece
    const error = piece.error ?? piece.results?.find((result) => result.error !== undefined)?.error
    if (error !== undefined) throw unavailable(error)
    for (const { statement_id: statement = 0, series = [] } of piece.results ?? []) {
      for (const { tags = {}, values = [] } of series) {
        refuseForeign(statements[statement], tags)
        yield { statement, seriesId: tags.series ?? '', rows: values }
      }
    }
  }
}

/** The second wall: the statement asked for one tenant, and what came says whose it is. */
function refuseForeign(statement: InfluxStatement | undefined, tags: Readonly<Record<string, string>>): void {
  const told = Object.values(tags)
  const isOwn = statement !== undefined && tags.tenant === statement.tenantId
  if (isOwn && (statement.parentId === undefined || told.includes(statement.parentId))) return
  throw new Error('InfluxDB answered points that were not asked for.')
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
  wait: number,
  unavailable: (cause: unknown) => Problem,
): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let parts: string[] = []
  let held = 0
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), wait).catch((error: unknown) => {
        throw unavailable(error)
      })
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true })
      const pieces = text.split('\n')
      const last = pieces.pop() ?? ''
      for (const piece of pieces) {
        const line = parts.join('') + piece
        parts = []
        held = 0
        if (line !== '') yield line
      }
      parts.push(last)
      held += last.length
      if (held > mostOfPiece) throw unavailable('more at once than can be held')
      if (done) break
    }
    const rest = parts.join('')
    if (rest !== '') yield rest
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function inTime<T>(work: Promise<T>, wait: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`InfluxDB was silent for ${wait / 1_000} s.`)), wait)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
