import { openWorkbench, type Workbench } from '../isolation/enrolment/workbench.test-support.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { createQuotaService, type QuotaService } from './quotas.ts'

export interface MeteredLimit {
  readonly max: number | null
  readonly mode?: 'hard' | 'soft' | 'overage'
  readonly period?: 'month' | 'day' | 'hour'
}

export interface QuotaBench {
  readonly workbench: Workbench
  readonly isolation: Isolation
  readonly quotas: QuotaService
  /** Another process's service, as far as one process can have it: with what it remembers to itself. */
  readonly another: () => QuotaService
  /** A scope of a new tenant with these metered limits, by the month. */
  readonly tenant: (limits: Readonly<Record<string, MeteredLimit>>) => Promise<TenantScope>
  /** Moves the clock that rules ask: `2 days`. */
  readonly moveClock: (interval: string) => Promise<void>
  readonly close: () => Promise<void>
}

export const actor = { kind: 'member', id: '018f0000-0000-7000-8000-0000000000aa' } as const

export async function openQuotaBench(): Promise<QuotaBench> {
  const workbench = await openWorkbench()
  const isolation = createIsolation({ url: workbench.database.appUrl })
  const services: QuotaService[] = []
  const another = () => {
    const made = createQuotaService(isolation)
    services.push(made)
    return made
  }
  return {
    workbench,
    isolation,
    quotas: another(),
    another,
    async tenant(limits) {
      const tenantId = await workbench.newTenant()
      for (const [name, { max, mode = 'hard', period = 'month' }] of Object.entries(limits)) {
        await workbench.owner(
          `insert into tenantry.limits (name, max, mode, kind, period) values ('${name}', ${max}, '${mode}', 'metered', '${period}')`,
          tenantId,
        )
      }
      return isolation.scope({ tenantId, actor })
    },
    moveClock: async (interval) =>
      void (await workbench.everything(`update tenantry.clock_offset set "offset" = '${interval}'; select 1`)),
    async close() {
      await Promise.all(services.map(({ leases }) => leases.close()))
      await isolation.close()
      await workbench.close()
    },
  }
}
