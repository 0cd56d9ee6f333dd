/** Where a command's words go: what was asked for to standard output, what is said about it to standard error. */
export interface Output {
  readonly json: boolean
  /** The result, once: as JSON with `--json`, else as text. */
  result(value: unknown, text: () => string): void
  /** One result of many, as they come: a line of JSON with `--json`, else of text. */
  line(value: unknown, text: () => string): void
  /** Talk: never part of the data, left out of nothing that a script reads. */
  say(line: string): void
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result(value, text) {
      process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : ended(text()))
    },
    line(value, text) {
      process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`)
    },
    say(line) {
      process.stderr.write(`${line}\n`)
    },
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** Rows under headings, as wide as their longest cell. */
export function table(headings: readonly string[], rows: readonly (readonly (string | null | undefined)[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map((cell) => cell ?? ''))
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values below each other, without those that have none. */
export function facts(values: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(values).filter(([, value]) => !isNothing(value))
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${asText(value)}`).join('\n')
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
