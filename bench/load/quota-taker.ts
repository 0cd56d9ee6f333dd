/** A process that takes from a quota with so many requests in flight: the bench starts two, so that more than one process decides. */
import pg from 'pg'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { createQuotaService } from '../../platform/src/quotas/quotas.ts'
import { answer } from '../child.ts'
import { percentile } from '../statistics.ts'

export interface TakingOrder {
  readonly url: string
  readonly tenantId: string
  readonly meter: string
  readonly inFlight: number
  readonly milliseconds: number
}

export interface Taken {
  readonly taken: number
  readonly seconds: number
  /** Milliseconds. */
  readonly p99: number
}

const actor = { kind: 'key', id: '018f0000-0000-7000-8000-00000000000c' } as const
let opened: { isolation: ReturnType<typeof createIsolation>; quotas: ReturnType<typeof createQuotaService> } | undefined
let pool: pg.Pool | undefined
let serial = 0

function quotasAt(url: string) {
  if (opened === undefined) {
    const isolation = createIsolation({ url })
    opened = { isolation, quotas: createQuotaService(isolation) }
  }
  return opened
}

async function admit({ url, tenantId, meter, inFlight, milliseconds }: TakingOrder): Promise<Taken> {
  const { isolation, quotas } = quotasAt(url)
  const scope = isolation.scope({ tenantId, actor })
  return forAWhile(inFlight, milliseconds, async () => {
    await quotas.consume(scope, { meter, quantity: 1, key: `${process.pid}-${serial++}` })
  })
}

/** What anybody would write: one row, one conditional update, one commit each. */
async function update({ url, tenantId, inFlight, milliseconds }: TakingOrder): Promise<Taken> {
  pool ??= new pg.Pool({ connectionString: url, max: 10 })
  const each = pool
  const text = 'update quota_rows set used = used + $2 where id = $1 and used + $2 <= max returning used'
  return forAWhile(inFlight, milliseconds, async () => {
    const { rowCount } = await each.query({ name: 'take', text, values: [tenantId, 1] })
    if (rowCount !== 1) throw new Error('The row did not suffice.')
  })
}

async function forAWhile(inFlight: number, milliseconds: number, take: () => Promise<void>): Promise<Taken> {
  const started = performance.now()
  const waits: number[] = []
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let now = performance.now(); now - started < milliseconds; ) {
        await take()
        const after = performance.now()
        waits.push(after - now)
        now = after
      }
    }),
  )
  return { taken: waits.length, seconds: (performance.now() - started) / 1_000, p99: percentile(waits, 0.99) }
}

/** One after the other, as requests of one process are. */
async function lease({ url, tenantId, meter, milliseconds }: TakingOrder): Promise<Taken> {
  const { leases } = quotasAt(url).quotas
  const started = performance.now()
  let taken = 0
  while (performance.now() - started < milliseconds) {
    for (let n = 0; n < 100; n++) {
      const given = leases.take(tenantId, meter)
      if (given instanceof Promise) await given
      taken++
    }
  }
  return { taken, seconds: (performance.now() - started) / 1_000, p99: 0 }
}

answer({ admit, update, lease }, async () => {
  await opened?.quotas.leases.close()
  await opened?.isolation.close()
  await pool?.end()
})
