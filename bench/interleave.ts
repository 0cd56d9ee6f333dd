const warmUps = 2

/** One side of a comparison: measured once per round, all sides within every round. */
export interface Side<T> {
  readonly name: string
  readonly measure: () => Promise<T>
}

/**
 * ABC ABC ABC…, every other round backwards: what slows the machine for a while slows all sides, and none is always the one that
 * follows the heaviest. The first two rounds, in which caches fill and code is compiled, are thrown away.
 */
export async function interleave<T>(sides: readonly Side<T>[], rounds: number): Promise<Map<string, T[]>> {
  const measured = new Map<string, T[]>(sides.map(({ name }) => [name, []]))
  for (let round = -warmUps; round < rounds; round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed()
    for (const { name, measure } of order) {
      const value = await measure()
      if (round >= 0) measured.get(name)?.push(value)
    }
  }
  return measured
}
