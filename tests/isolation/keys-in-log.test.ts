import { bms } from '@tenantry/bms'
import { pino } from 'pino'
import { createTenantry, type Tenantry } from 'tenantry'
import { testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const operator = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000b' } as const
const cleanUp = new AsyncDisposableStack()
const lines: string[] = []
let tenantry: Tenantry
let baseUrl: string
let key: string

beforeAll(async () => {
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  cleanUp.defer(() => database.drop())
  tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [bms],
    logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
  })
  cleanUp.defer(() => tenantry.close())
  baseUrl = `http://127.0.0.1:${(await tenantry.listen({ host: '127.0.0.1', port: 0 })).port}`
  const { tenants, keys } = tenantry.services
  const { id } = await tenants.provision({ slug: 'keys-in-log', name: 'K', system: 'bms', tier: 'base' }, { actor: operator })
  const entry = await tenantry.directory.tenantById(id)
  if (entry === undefined) throw new Error('no tenant')
  const creator = keys.everythingIn(entry)
  const scope = tenantry.scope({ tenantId: id, actor: operator })
  key = (await keys.create(scope, { name: 'k', permissions: [...creator.permissions] }, creator)).credential
})
afterAll(() => cleanUp.disposeAsync())

test('[BMS-2] a key in the address of a write is in no log line and no answer, whatever becomes of the request', async () => {
  const send = (query: string, body = 'co2 value=1') => fetch(`${baseUrl}/write?p=${key}${query}`, { method: 'POST', body })
  const answers = [
    await send('&db=nowhere'),
    await send('&db=nowhere', 'no line'),
    await send('&precision=fortnight'),
    await send(`&p=${key}x`),
    await send('&%ff=1'),
    await fetch(`${baseUrl}/write?p=${key}`),
    await fetch(`${baseUrl}/nothing?p=${key}`, { method: 'POST' }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 401, 400, 405, 404])
  const told = await Promise.all(answers.map(async (answer) => JSON.stringify([...answer.headers]) + (await answer.text())))
  const secret = key.slice(-40)
  expect([...told, ...lines].filter((text) => text.includes(secret))).toEqual([])
  expect(lines.join('')).toContain('/write')
})
