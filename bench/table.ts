import { type Bound, type Result, verdictOf } from './result.ts'

const headings = ['', 'ours', 'peer', 'figure', 'rounds', 'floor', 'aim', 'verdict'] as const

/** The results of one run, a heading for each part. */
export function renderTable(results: readonly Result[], titles: ReadonlyMap<string, string>): string {
  const rows = results.map(cellsOf)
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')
  const lines = [line(headings)]
  let part: string | undefined
  for (const [index, result] of results.entries()) {
    if (result.part !== part) lines.push('', titles.get(result.part) ?? result.part)
    part = result.part
    lines.push(line(rows[index] ?? []))
  }
  return lines.join('\n')
}

function cellsOf(result: Result): string[] {
  const { name, ours, peer, figure, spread, floor, aim } = result
  return [
    `  ${name}`,
    ours,
    peer ?? 'no peer',
    figure === undefined ? '' : short(figure),
    spread === undefined ? '' : `${short(spread[0])}-${short(spread[1])}`,
    boundText(floor),
    boundText(aim),
    verdictOf(result),
  ]
}

function boundText(bound: Bound | undefined): string {
  return bound === undefined ? '' : `${bound.is === 'least' ? '>=' : '<='} ${bound.value}`
}

function short(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure >= 10 ? figure.toFixed(1) : figure.toFixed(2)
}
