import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createTenantry } from './create-tenantry.ts'
import { shelf } from './shelf-system.test-support.ts'
import { acceptedFindings, databaseWithSystems } from './tenantry.test-support.ts'

test('the outbox is told while all connections of the directory are taken', async () => {
  const database = await databaseWithSystems()
  const told = Promise.withResolvers<string>()
  const listener = { name: 'listener', events: ['platform.tenant.*'], handle: async () => told.resolve('told') }
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [{ ...shelf, subscribers: [listener] }],
    configuration: { acceptedFindings },
    logger: pino({ level: 'silent' }),
  })
  const { pool } = tenantry.directory
  const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  try {
    await tenantry
      .scope({ tenantId: actor.id, actor })
      .run({ text: `select tenantry.emit('platform.tenant.noted', $1::uuid)`, values: [actor.id] }, { lane: 'write' })
    const tooLate = new Promise((resolve) => setTimeout(resolve, 50_000, 'not told'))
    expect(await Promise.race([told.promise, tooLate])).toBe('told')
  } finally {
    for (const client of taken) client.release()
    await tenantry.close()
    await database.drop()
  }
})
