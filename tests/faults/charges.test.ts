import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Customer, Installation, type Server } from './installation.test-support.ts'
import { type Answer, call, isOwnProblem, until } from './load.test-support.ts'

let installation: Installation
let server: Server
let customer: Customer

beforeAll(async () => {
  installation = await Installation.make()
  ;[customer] = (await installation.customers(1)) as [Customer]
  await installation.rows(
    `insert into tenantry.limits (tenant_id, name, max, kind, period) values ($1, 'readings', 1000000, 'metered', 'month')`,
    [customer.tenantId],
  )
  server = await installation.startServer({ configuration: { keyRate: 36_000_000, tenantRate: 1_000_000 } })
})
afterAll(() => installation?.close())

/** Each charge has a key of its own and is asked for again, as a careful client does, until it is decided. */
function chargeSteadily(clients: number) {
  const decided: { quantity: number; repeated: boolean }[] = []
  const others: Answer[] = []
  let stopped = false
  let next = 0
  const client = async () => {
    while (!stopped) {
      const quantity = 1 + (next % 3)
      const body = JSON.stringify({ key: `charge-${next++}`, quantity })
      for (let answer: Answer | undefined; answer?.status !== 200; ) {
        answer = await call(server.port, customer, 'POST', '/v1/quotas/readings/consume', { body })
        if (answer.status === 200) decided.push({ quantity, repeated: JSON.parse(answer.text).repeated })
        else {
          others.push(answer)
          await sleep(50)
        }
      }
    }
  }
  const ended = Promise.all(Array.from({ length: clients }, client))
  const stop = () => {
    stopped = true
    return ended
  }
  return { decided, others, stop }
}

const used = async (): Promise<number> => JSON.parse((await call(server.port, customer, 'GET', '/v1/quotas/readings')).text).used

test('PostgreSQL is killed under a load of charges: none that was acknowledged is lost, and none is made twice', async () => {
  const load = chargeSteadily(16)
  await until(() => load.decided.length > 100, 30_000)
  for (const signal of ['SIGKILL', 'SIGQUIT', 'SIGKILL'] as const) {
    const before = load.decided.length
    await installation.endDatabase(signal)
    await sleep(300)
    await installation.startDatabase()
    await until(
      () => load.decided.length > before + 100,
      60_000,
      () => `After ${signal}: ${JSON.stringify(load.others.slice(-5))}\n${server.log()}`,
    )
  }
  await load.stop()

  expect(server.isRunning()).toBe(true)
  expect(await used()).toBe(load.decided.reduce((sum, { quantity }) => sum + quantity, 0))
  expect(load.others.filter(({ status, text }) => ![503, 504].includes(status) || !isOwnProblem(text))).toEqual([])
  // Some were stored when their connection broke: asked again, they were told so instead of being charged again.
  console.log(`${load.decided.length} charges, ${load.decided.filter(({ repeated }) => repeated).length} told again`)
}, 240_000)
