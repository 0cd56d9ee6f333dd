import type { Metric, Registry } from 'prom-client'

export interface GaugeValue {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * A figure that is read when somebody asks for the metrics. One that cannot be read is left out, and the others are told.
 * No tenant labels: a thousand tenants would be a thousand series each.
 */
export function registerGauge(registry: Registry, name: string, help: string, read: () => Promise<readonly GaugeValue[]>): void {
  register(registry, 'gauge', name, help, read)
}

/** The same for what only grows while the process lives. */
export function registerCounter(registry: Registry, name: string, help: string, read: () => readonly GaugeValue[]): void {
  register(registry, 'counter', name, help, async () => read())
}

function register(
  registry: Registry,
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  read: () => Promise<readonly GaugeValue[]>,
): void {
  const get = async () => {
    const values = await read().catch((): readonly GaugeValue[] => [])
    return { name, help, type, aggregator: 'omit', values: values.map(({ labels = {}, value }) => ({ labels, value })) }
  }
  registry.registerMetric({ name, help, get, reset: () => {} } as unknown as Metric)
}
