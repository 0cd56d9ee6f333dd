/** A process that consumes, for tests over several processes. Told `{ scans: 64 }` it keeps so many requests in flight until it is refused. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createIsolation } from '../isolation/isolation.ts'
import { Problem } from '../problems/problem.ts'
import { actor } from './quotas.test-support.ts'
import { createQuotaService } from './quotas.ts'

const { DATABASE_URL: url = '', TENANT: tenantId = '', IN_FLIGHT: inFlight = '1', KEY: key } = process.env
const isolation = createIsolation({ url })
const quotas = createQuotaService(isolation)
const scope = isolation.scope({ tenantId, actor })

if (key === undefined) {
  let admitted = 0
  const untilRefused = async () => {
    for (;;) {
      try {
        await quotas.consume(scope, { meter: 'scans', quantity: 1, key: `${process.pid} ${admitted} ${Math.random()}` })
        admitted++
      } catch (error) {
        if (error instanceof Problem && error.code === 'quota_exceeded') return
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Number(inFlight) }, untilRefused))
  process.send?.({ admitted })
} else {
  const { repeated } = await quotas.consume(scope, { meter: 'scans', quantity: 1, key })
  process.send?.({ repeated })
  // At work: the test kills it here.
  await sleep(600_000)
}
await quotas.leases.close()
await isolation.close()
process.disconnect?.()
