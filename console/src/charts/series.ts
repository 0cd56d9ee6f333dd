/** One line of a chart. Times in seconds since 1970, ascending, each once. */
export interface ChartSeries {
  readonly id: string
  /** As the legend calls it. */
  readonly label: string
  readonly unit: string
  readonly times: readonly number[]
  readonly values: readonly number[]
  /** Stands behind the others, paler: the period before. */
  readonly isBackground?: boolean
  /** Whose colour it has; default its own place. */
  readonly colour?: number
}

/** Columns as uPlot takes them: times, then the values of each series. `null` is a gap, `undefined` no point of this series here. */
export type Columns = [number[], ...(number | null | undefined)[][]]
