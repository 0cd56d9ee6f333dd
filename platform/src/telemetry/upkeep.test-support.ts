/** Rolls up and compacts a tenant's points in a process of its own, for a test that kills it. */
import { createIsolation } from '../isolation/isolation.ts'
import { compactPoints } from './compact-points.ts'
import { farmPoints } from './farm.test-support.ts'
import { rollUpPoints } from './roll-up.ts'

const { DATABASE_URL: url = '', TENANT_ID: tenantId = '' } = process.env
const isolation = createIsolation({ url })
const scope = isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
process.send?.('begun')
await rollUpPoints(scope, farmPoints, { all: true })
await compactPoints(scope, farmPoints, { all: true })
process.send?.('done')
await isolation.close()
process.disconnect?.()
