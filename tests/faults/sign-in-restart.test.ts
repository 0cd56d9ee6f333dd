import { setTimeout as sleep } from 'node:timers/promises'
import { bms } from '@tenantry/bms'
import { createTenantry, makeMasterKey } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation, type Server } from './installation.test-support.ts'
import { isOwnProblem, until } from './load.test-support.ts'

const masterKeys = [makeMasterKey()]
const email = 'ada@example.com'
const password = 'a long enough password'

let installation: Installation
let server: Server

beforeAll(async () => {
  installation = await Installation.make()
  const [customer] = await installation.customers(1)
  if (customer === undefined) throw new Error('There is no customer.')
  await addMember(customer.tenantId)
  server = await installation.startServer({ configuration: { masterKeys, networkAttempts: 10_000 } })
})
afterAll(() => installation?.close())

async function addMember(tenantId: string): Promise<void> {
  const { databaseUrl } = installation
  const tenantry = await createTenantry({ databaseUrl, systems: [bms], configuration: { masterKeys, logLevel: 'silent' } })
  const { identity, members } = tenantry.services
  const realmId = (await tenantry.directory.tenantById(tenantId))?.realmId ?? ''
  await identity.createUser(realmId, { email, name: 'Ada', password, verified: true })
  const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const
  await members.add(tenantry.scope({ tenantId, actor }), { email, name: 'Ada', role: 'viewer' })
  await tenantry.close()
}

async function post(path: string, body: unknown): Promise<{ status: number; text: string }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return { status: answer.status, text: await answer.text() }
}

const signIn = () => post('/v1/auth/sign-in', { email, password, as: 'program' })

test('PostgreSQL restarts during sign-ins: each is answered, none of those that succeeded is lost, the next ones succeed', async () => {
  const answers: { status: number; text: string }[] = []
  let stopped = false
  const people = Array.from({ length: 3 }, async () => {
    while (!stopped) answers.push(await signIn())
  })
  const successes = () => answers.filter(({ status }) => status === 200)
  await until(() => successes().length > 5, 30_000)
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    await installation.endDatabase(signal)
    await sleep(300)
    const before = successes().length
    await installation.startDatabase()
    await until(
      () => successes().length > before + 2,
      60_000,
      () => `After ${signal}: ${JSON.stringify(answers.slice(-5))}\n${server.log()}`,
    )
  }
  stopped = true
  await Promise.all(people)

  expect(server.isRunning()).toBe(true)
  // A write that had left when its connection broke may have happened: that is said, and it is not tried again in secret.
  const isTold = ({ status, text }: { status: number; text: string }) => [503, 504].includes(status) && isOwnProblem(text)
  expect(answers.filter((answer) => answer.status !== 200 && !isTold(answer))).toEqual([])
  const tokens = successes().map(({ text }) => (JSON.parse(text) as { refreshToken: string }).refreshToken)
  for (const refreshToken of tokens) expect((await post('/v1/token/refresh', { refreshToken })).status).toBe(200)
}, 240_000)
