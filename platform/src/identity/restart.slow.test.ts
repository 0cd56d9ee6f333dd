import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withDatabase, withUser } from '../database/connection-url.ts'
import { createTenantry, type Tenantry } from '../server/create-tenantry.ts'
import { acceptedFindings, systems } from '../server/tenantry.test-support.ts'
import { type TestCluster, testCluster } from '../testing/test-cluster.ts'
import { masterKey, password } from './identity.test-support.ts'
import { sharedRealm } from './realms.ts'

let cluster: TestCluster
let tenantry: Tenantry

beforeAll(async () => {
  cluster = await testCluster()
  const superuser = new pg.Client({ connectionString: cluster.superuserUrl })
  await superuser.connect()
  await superuser.query(`create role person_owner login createrole password 'secret'`)
  await superuser.query(`create database person owner person_owner encoding 'UTF8' template template0`)
  await superuser.end()
  const as = (user: string) => withDatabase(withUser(cluster.superuserUrl, user, 'secret'), 'person')
  tenantry = await createTenantry({
    databaseUrl: as('person_app'),
    adminUrl: as('person_owner'),
    migrate: true,
    systems,
    configuration: { acceptedFindings, masterKeys: [masterKey] },
    logger: pino({ level: 'silent' }),
  })
})
afterAll(async () => {
  await tenantry?.close()
  await cluster?.stop()
})

/** For connections that come back at the pace of a busy machine. */
const patience = { timeout: 30_000, interval: 500 }

test('connections that PostgreSQL cuts in the middle of sign-ins cost an answer each, and leave nothing half done', async () => {
  const { identity } = tenantry.services
  const person = await identity.createUser(sharedRealm, {
    email: `${randomUUID()}@example.com`, // a try that failed has left its own
    name: 'Ada',
    password,
    verified: true,
  })
  const door = { realmId: sharedRealm, host: 'localhost', origin: 'http://localhost', tenantId: undefined, userAgent: undefined }
  const superuser = new pg.Client({ connectionString: withDatabase(cluster.superuserUrl, 'person') })
  await superuser.connect()
  const cookies: string[] = []
  const refused: string[] = []
  const signIn = async (turn: number) => {
    try {
      const result = await identity.signIn({ ...door, address: `192.0.2.${turn}` }, person.email, password)
      if ('challenge' in result) throw new Error('nobody asked for a second step')
      const { cookie } = await identity.startSession(result.person, { ...door, address: '192.0.2.1' }, result.methods)
      cookies.push(cookie.split(';')[0] ?? '')
    } catch (error) {
      refused.push((error as { code?: string }).code ?? String(error))
    }
  }
  for (let turn = 0; turn < 20; turn += 1) {
    const several = Promise.all(Array.from({ length: 4 }, (_, index) => signIn(turn * 4 + index)))
    await superuser.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'person_identity'`)
    await several
  }
  // A write that had left when its connection broke may have happened: it says so, and is never tried twice in secret.
  for (const code of refused) expect(['unavailable', 'outcome_unknown', 'overloaded']).toContain(code)
  for (const cookie of cookies) {
    const live = await identity.personOfCookie(cookie, { host: 'localhost', realmId: sharedRealm, tenantId: undefined })
    expect(live?.id).toBe(person.id)
  }
  const signedIn = cookies.length
  await expect
    .poll(async () => {
      await signIn(250)
      return cookies.length
    }, patience)
    .toBeGreaterThan(signedIn)
  const { rows } = await superuser.query(`select count(*)::int as n from identity.session`)
  expect(rows[0].n).toBeGreaterThanOrEqual(cookies.length)
  await superuser.end()
})
