import type { Directory } from '../directory/directory.ts'
import type { Consumers, Consumption, ConsumptionMeasure } from './consumers.ts'

export interface TopConsumer extends Consumption {
  readonly slug: string
}

export interface TopConsumerService {
  /**
   * Tenants that took most of this node within the last five to ten minutes, the greatest first. Those that are gone are left out.
   *
   * @example const { top } = await services.topConsumers.list('requests', 10)
   */
  list(by: ConsumptionMeasure, limit: number): Promise<{ readonly since: number; readonly top: readonly TopConsumer[] }>
}

declare module '../http/route.ts' {
  interface Services {
    readonly topConsumers: TopConsumerService
  }
}

export interface TopConsumerOptions {
  readonly directory: Directory
  readonly consumers: Consumers
}

export function createTopConsumerService({ directory, consumers }: TopConsumerOptions): TopConsumerService {
  return {
    async list(by, limit) {
      const { since, top } = consumers.top(by, limit)
      const tenants = await Promise.all(top.map(({ tenantId }) => directory.tenantById(tenantId)))
      const named = top.flatMap((consumption, index): TopConsumer[] => {
        const tenant = tenants[index]
        return tenant === undefined ? [] : [{ ...consumption, slug: tenant.slug }]
      })
      return { since, top: named }
    },
  }
}
