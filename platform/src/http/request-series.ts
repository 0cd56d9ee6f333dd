/** Upper bounds in seconds. */
export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** Requests of one method, route and status: what a histogram needs, counted without prom-client's hashing of labels per request. */
export class RequestSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly buckets: number[] = durationBounds.map(() => 0)
  count = 0
  sum = 0

  constructor(method: string, route: string, status: number) {
    this.labels = { method, route, status: String(status) }
  }

  observe(seconds: number): void {
    this.count++
    this.sum += seconds
    // Each request into its own bucket; they are summed up when somebody reads them.
    for (let index = 0; index < durationBounds.length; index++) {
      if (seconds <= (durationBounds[index] as number)) {
        this.buckets[index] = (this.buckets[index] as number) + 1
        return
      }
    }
  }
}

/** What a prom-client registry reads from a metric. */
export interface MetricValues {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'histogram'
  readonly aggregator: 'sum'
  readonly values: readonly {
    readonly metricName?: string
    readonly labels: Readonly<Record<string, string | number>>
    readonly value: number
  }[]
}

export function totalsOf(name: string, help: string, all: Iterable<RequestSeries>): MetricValues {
  const values = [...all].map(({ labels, count }) => ({ labels: { ...labels }, value: count }))
  return { name, help, type: 'counter', aggregator: 'sum', values }
}

export function durationsOf(name: string, help: string, all: Iterable<RequestSeries>): MetricValues {
  const values = [...all].flatMap(({ labels, buckets, count, sum }) => {
    let below = 0
    const told = durationBounds.map((bound, index) => {
      below += buckets[index] as number
      return { metricName: `${name}_bucket`, labels: { le: bound, ...labels }, value: below }
    })
    return [
      ...told,
      { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: count },
    ]
  })
  return { name, help, type: 'histogram', aggregator: 'sum', values }
}
