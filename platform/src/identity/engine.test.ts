import { runWithTransaction } from '@better-auth/core/context'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import { makeMasterKey, secretBoxOf } from '../secrets/master-keys.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { type EngineOf, enginesOn } from './engine.ts'
import { type OpenRealm, realmsOn } from './realm-scope.ts'
import { operatorsRealm, sharedRealm } from './realms.ts'

let database: TestDatabase
let isolation: Isolation
let openRealm: OpenRealm
let engineOf: EngineOf

beforeAll(async () => {
  database = await testDatabase()
  isolation = createIsolation({
    url: database.identityUrl,
    lanes: {
      read: { clients: 1, perTenant: 16 },
      write: { clients: 1, perTenant: 8 },
      slow: { clients: 1 },
      interactive: { clients: 1 },
    },
  })
  openRealm = realmsOn(isolation)
  engineOf = enginesOn(openRealm, secretBoxOf([makeMasterKey()]))
})
afterAll(async () => {
  await isolation.close()
  await database.drop()
})

const source = { method: 'other' } as never

const email = 'ada@example.com'
const realms = [sharedRealm, operatorsRealm] as const

test('the same address is another person in another realm, however many ask at once on one connection', async () => {
  const made = await Promise.all(
    realms.map(async (realm) =>
      (await engineOf(realm)).internalAdapter.createUser({ email, name: realm, emailVerified: true }, source),
    ),
  )
  const ids = new Map(realms.map((realm, index) => [realm as string, made[index]?.id]))
  expect(new Set(ids.values()).size).toBe(2)
  const asked = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const realm = realms[index % 2] as string
      const engine = await engineOf(realm)
      const found = await engine.internalAdapter.findUserByEmail(email)
      // Writes, failures and transactions in between leave nothing of their realm behind.
      if (index % 5 === 0) await engine.internalAdapter.updateUser(found?.user.id ?? '', { image: realm })
      if (index % 7 === 0) await engine.internalAdapter.createUser({ email, name: 'twice' }, source).catch(() => undefined)
      return { realm, found: found?.user.id, name: found?.user.name }
    }),
  )
  for (const { realm, found, name } of asked) expect({ found, name }).toEqual({ found: ids.get(realm), name: realm })
  const rows = await openRealm(sharedRealm).run(sql<{ image: string }>`select image from identity."user"`)
  expect(rows).toEqual([{ image: sharedRealm }])
})

test('a failed transaction of the engine leaves no half, and no realm on its connection', async () => {
  const engine = await engineOf(sharedRealm)
  const half = runWithTransaction(engine.adapter, async () => {
    await engine.internalAdapter.createUser({ email: 'half@example.com', name: 'Half' }, source)
    throw new Error('in the middle')
  })
  await expect(half).rejects.toThrow('in the middle')
  expect(await engine.internalAdapter.findUserByEmail('half@example.com')).toBeNull()
  const whole = await runWithTransaction(engine.adapter, async () => {
    const user = await engine.internalAdapter.createUser({ email: 'whole@example.com', name: 'Whole' }, source)
    await engine.internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: 'x' })
    return user.id
  })
  expect((await engine.internalAdapter.findCredentialAccount(whole))?.password).toBe('x')
})

test('without a realm there is nobody, and nobody can be written', async () => {
  const client = new pg.Client({ connectionString: database.identityUrl })
  await client.connect()
  try {
    expect((await client.query('select from identity."user"')).rowCount).toBe(0)
    await expect(client.query(`insert into identity."user" (email, name) values ('eve@example.com', 'Eve')`)).rejects.toThrow(
      'row-level security',
    )
    await expect(client.query('select from tenantry.tenants')).rejects.toThrow('permission denied')
    await expect(client.query('select from tenantry.members')).rejects.toThrow('permission denied')
  } finally {
    await client.end()
  }
})

test('the app role finds no schema of persons, and the directory no token', async () => {
  for (const [url, text] of [
    [database.appUrl, 'select from identity.session'],
    [database.directoryUrl, 'select token from identity.session'],
    [database.directoryUrl, 'select from identity.account'],
  ] as const) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await expect(client.query(text)).rejects.toThrow('permission denied')
    } finally {
      await client.end()
    }
  }
})
