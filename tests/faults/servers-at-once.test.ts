import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation } from './installation.test-support.ts'
import { createBuilding, readBuildings } from './load.test-support.ts'

let installation: Installation

beforeAll(async () => {
  installation = await Installation.make()
})
afterAll(() => installation?.close())

test('five servers that start at once on an empty database migrate it once, and all of them serve', async () => {
  const { adminUrl } = installation
  const servers = await Promise.all(Array.from({ length: 5 }, () => installation.startServer({ adminUrl, migrate: true })))
  const [customer] = await installation.customers(1)
  if (!customer) throw new Error('no customer')
  for (const [n, { port }] of servers.entries()) {
    expect((await createBuilding(port, customer, `Building ${n}`)).status).toBe(201)
  }
  for (const { port } of servers) {
    expect(JSON.parse((await readBuildings(port, customer)).text).items).toHaveLength(5)
  }
}, 60_000)
