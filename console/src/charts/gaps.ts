/**
 * Places before which something was not measured, so that the line breaks there: indexes into `times`. What is usual is told by
 * the series itself (the median distance of its points), and by the pixels of the picture: two of one pixel can lie close
 * together, and two of neighbouring pixels almost two pixels apart, with nothing missing between them.
 */
export function gapsIn(times: readonly number[], pixelSeconds = 0): number[] {
  if (times.length < 3) return []
  const longest = Math.max(2.5 * medianDistance(times), 2 * pixelSeconds)
  const found: number[] = []
  for (let index = 1; index < times.length; index++) {
    if ((times[index] as number) - (times[index - 1] as number) > longest) found.push(index)
  }
  return found
}

/** Of a thousand distances at most: a hundred thousand need not be sorted for it. */
function medianDistance(times: readonly number[]): number {
  const step = Math.max(1, Math.floor(times.length / 1_000))
  const distances: number[] = []
  for (let index = 1; index < times.length; index += step) distances.push((times[index] as number) - (times[index - 1] as number))
  distances.sort((a, b) => a - b)
  return distances[distances.length >> 1] ?? 0
}
