import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { durationsOf, type MetricValues, RequestSeries, totalsOf } from './request-series.ts'

/** Counts and times requests by method, route and status. No tenant label: a thousand tenants would be a thousand series each. */
export interface HttpMetrics {
  readonly registry: Registry
  observe(method: string, route: string, status: number, milliseconds: number): void
}

/** Makes the request metrics; other features add their own to the same registry. */
export function createHttpMetrics(registry: Registry = new Registry()): HttpMetrics {
  collectDefaultMetrics({ register: registry })
  const series = new Map<string, RequestSeries>()
  register(registry, 'http_requests_total', 'Requests answered', (name, help) => totalsOf(name, help, series.values()))
  register(registry, 'http_request_duration_seconds', 'Time from the headers to the end of the answer', (name, help) =>
    durationsOf(name, help, series.values()),
  )
  return {
    registry,
    observe(method, route, status, milliseconds) {
      const key = `${method} ${status} ${route}`
      let found = series.get(key)
      if (!found) {
        found = new RequestSeries(method, route, status)
        series.set(key, found)
      }
      found.observe(milliseconds / 1000)
    },
  }
}

/** A registry only asks a metric for its name and, when read, its values. */
function register(registry: Registry, name: string, help: string, read: (name: string, help: string) => MetricValues): void {
  registry.registerMetric({ name, help, get: async () => read(name, help), reset: () => {} } as unknown as Metric)
}
