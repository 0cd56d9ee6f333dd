/** A window of a series, as the API answers it. */
export interface LoadWindow {
  readonly time: string
  readonly min?: number
  readonly max?: number
  readonly mean?: number
  readonly count?: number
}

export interface LoadFigures {
  readonly mean: number
  /** What is exceeded in 95 of 100 windows: what runs when nobody is there. */
  readonly base: number
  readonly peak: number
  /** Beginning of the window in which the peak was. */
  readonly peakAt: string
}

/** Undefined where nothing was measured. */
export function figuresOf(windows: readonly LoadWindow[]): LoadFigures | undefined {
  const means = windows.flatMap(({ mean }) => (mean === undefined ? [] : [mean])).sort((a, b) => a - b)
  const highest = windows.reduce<LoadWindow | undefined>(
    (found, window) => ((window.max ?? Number.NEGATIVE_INFINITY) > (found?.max ?? Number.NEGATIVE_INFINITY) ? window : found),
    undefined,
  )
  if (means.length === 0 || highest?.max === undefined) return undefined
  const count = windows.reduce((sum, window) => sum + (window.count ?? 0), 0)
  const sum = windows.reduce((total, { mean = 0, count: of = 0 }) => total + mean * of, 0)
  return {
    mean: sum / count,
    base: means[Math.floor(means.length * 0.05)] as number,
    peak: highest.max,
    peakAt: highest.time,
  }
}
