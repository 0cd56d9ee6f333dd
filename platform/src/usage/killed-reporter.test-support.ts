/** Reports the same batches for as long as it lives, from a process of its own: for a test that kills it. */
import { createIsolation } from '../isolation/isolation.ts'
import { recordUsage } from './record-usage.ts'
import { batchOf } from './usage.test-support.ts'

const { DATABASE_URL: url = '', TENANT: tenantId = '', BATCHES = '0' } = process.env
const scope = createIsolation({ url }).scope({ tenantId, actor: { kind: 'system', id: tenantId } })
for (let n = 0; n < Number(BATCHES); n += 1) {
  // Told when it leaves: the answer is what the killed one never hears.
  process.send?.(n)
  await recordUsage(scope, batchOf(n))
}
