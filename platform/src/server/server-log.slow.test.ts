import { spawnSync } from 'node:child_process'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createTenantry } from './create-tenantry.ts'
import { shelf } from './shelf-system.test-support.ts'
import { acceptedFindings, databaseWithSystems } from './tenantry.test-support.ts'

test("an error in the log says what happened and where, and nothing of a tenant's rows", async () => {
  const database = await databaseWithSystems()
  const lines: string[] = []
  const told = Promise.withResolvers<void>()
  const refused = Object.assign(new Error('duplicate key', { cause: new Error('underneath') }), {
    code: '23505',
    detail: 'Key (name)=(canary) already exists.',
  })
  const broken = {
    name: 'broken',
    events: ['platform.tenant.*'],
    handle: async () => {
      setTimeout(told.resolve, 500)
      throw refused
    },
  }
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [{ ...shelf, subscribers: [broken] }],
    configuration: { acceptedFindings },
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
  })
  try {
    const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const
    await tenantry.services.tenants.provision({ slug: 'northwind', name: 'Northwind', system: 'shelf' }, { actor })
    await told.promise
  } finally {
    await tenantry.close()
    await database.drop()
  }
  const line = JSON.parse(lines.find((text) => text.includes('a subscriber failed')) ?? '{}')
  expect(line.err).toMatchObject({ message: 'duplicate key', code: '23505', cause: { message: 'underneath' } })
  expect(lines.join('')).not.toContain('canary')
})

test('every line has left when the process ends, each whole and in its turn', () => {
  const module = new URL('./server-log.ts', import.meta.url)
  const script = `
    import { createServerLog } from ${JSON.stringify(module.href)}
    const log = createServerLog({ logLevel: 'info' })
    setTimeout(() => {
      for (let n = 0; n < 3000; n++) log.info({ n }, 'grüße')
      process.exit(0)
    }, 50)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: 3000 }, (_, n) => n))
  expect(lines[2_999].msg).toBe('grüße')
})
