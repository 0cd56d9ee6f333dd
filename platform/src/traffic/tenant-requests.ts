import type { Metric, Registry } from 'prom-client'
import type { Route } from '../http/route.ts'
import { BusiestTenants } from './busiest-tenants.ts'

/** Label of all tenants that are not named. */
const others = 'other'

/**
 * Requests by tenant, method, route and status, for the metrics listener alone. The number of series is bounded: the busiest
 * tenants are named by id, the rest counted together. Each request counts once: who leaves the named begins anew when he
 * comes back, which Prometheus takes for a restart.
 */
export class TenantRequests {
  readonly #byTenant = new Map<string, Map<string, number>>()
  readonly #labels = new Map<string, { readonly method: string; readonly route: string; readonly status: string }>()
  readonly #busiest: BusiestTenants

  constructor(most: number, now?: () => number) {
    const onLeave = (tenantId: string) => void this.#byTenant.delete(tenantId)
    this.#busiest = new BusiestTenants({ most, onLeave, ...(now === undefined ? {} : { now }) })
  }

  note(tenantId: string, { method, path }: Pick<Route, 'method' | 'path'>, status: number): void {
    const tenant = this.#busiest.count(tenantId) ? tenantId : others
    let series = this.#byTenant.get(tenant)
    if (series === undefined) {
      series = new Map()
      this.#byTenant.set(tenant, series)
    }
    const key = `${method} ${status} ${path}`
    series.set(key, (series.get(key) ?? 0) + 1)
    if (!this.#labels.has(key)) this.#labels.set(key, { method, route: path, status: String(status) })
  }

  register(registry: Registry): void {
    const name = 'tenantry_tenant_requests_total'
    const help = 'Requests of the busiest tenants by id, and of all others together'
    const get = async () => ({ name, help, type: 'counter', aggregator: 'sum', values: this.#values() })
    registry.registerMetric({ name, help, get, reset: () => {} } as unknown as Metric)
  }

  #values() {
    return [...this.#byTenant].flatMap(([tenant, series]) =>
      [...series].map(([key, value]) => ({ labels: { tenant, ...this.#labels.get(key) }, value })),
    )
  }
}
