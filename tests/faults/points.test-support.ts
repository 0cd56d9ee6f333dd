/** A file with a point each second, for answers that are large. */
export function csvOfSeconds(start: string, count: number): string {
  const first = Date.parse(start)
  const lines = Array.from({ length: count }, (_, second) => `${new Date(first + second * 1_000).toISOString()},${second}`)
  return `time,value\n${lines.join('\n')}\n`
}
