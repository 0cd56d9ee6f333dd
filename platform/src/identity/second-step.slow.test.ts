import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { base32, browserOf, codeOfApp, identityNode, makeMember, newPerson, password, signIn } from './identity.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node.tenantry.close()
  await database.drop()
})

/** Each test is done within a half minute, so that the codes it knows stay good. */
beforeEach(async () => {
  const left = 30_000 - (node.tenantry.directory.clock() % 30_000)
  if (left < 8_000) await sleep(left + 100)
}, 20_000)

const codeOf = (uri: string, step = 0) => codeOfApp(node, uri, step)

/** Somebody with an app that was confirmed with the code of the half minute before. */
async function withApp() {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  const browser = await browserOf(node, north.host, person.email)
  const { body } = await browser.call('POST', '/v1/me/totp', { password })
  const confirmed = await browser.call('POST', '/v1/me/totp/confirm', { code: await codeOf(body.uri, -1) })
  return { person, browser, uri: body.uri as string, backupCodes: confirmed.body.backupCodes as string[] }
}

const answer = (host: string, body: unknown) => node.call('POST', '/v1/auth/mfa', { host, body })

async function challengeOf(email: string): Promise<string> {
  return (await signIn(node, north.host, { email, password })).body.mfa.challenge
}

describe('a second factor', () => {
  test('is asked for once a first code has confirmed it, and then no password alone signs in', async () => {
    const person = await newPerson(node)
    await makeMember(node, north, person)
    const { call } = await browserOf(node, north.host, person.email)
    expect((await call('POST', '/v1/me/totp', { password: 'not the right one' })).status).toBe(401)
    const { body } = await call('POST', '/v1/me/totp', { password })
    expect((await signIn(node, north.host, { email: person.email, password })).body.mfa).toBeUndefined()
    expect((await call('POST', '/v1/me/totp/confirm', { code: '000000' })).status).toBe(401)
    const confirmed = await call('POST', '/v1/me/totp/confirm', { code: await codeOf(body.uri) })
    expect(confirmed.body.backupCodes).toHaveLength(10)
    expect((await call('POST', '/v1/me/totp', { password })).body).toMatchObject({ code: 'conflict' })
    const first = await signIn(node, north.host, { email: person.email, password })
    expect(Object.keys(first.body)).toEqual(['mfa'])
    expect(first.headers['set-cookie']).toBeUndefined()
    expect((await call('GET', '/v1/me')).body).toMatchObject({ secondFactor: true })
  })

  test('a code works once, of many at once for one only, and the session tells how it came', async () => {
    const { person, uri } = await withApp()
    const code = await codeOf(uri)
    const challenges = await Promise.all(Array.from({ length: 8 }, () => challengeOf(person.email)))
    const answers = await Promise.all(challenges.map((challenge) => answer(north.host, { challenge, code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)])
    const won = answers.find(({ status }) => status === 200)
    const cookie = String(won?.headers['set-cookie']).split(';')[0] ?? ''
    const { items } = (await node.call('GET', '/v1/me/sessions', { host: north.host, headers: { cookie } })).body
    expect(items[0]).toMatchObject({ methods: ['password', 'totp'] })
    expect((await answer(north.host, { challenge: await challengeOf(person.email), code })).status).toBe(401)
    expect((await answer(north.host, { challenge: await challengeOf(person.email), code: await codeOf(uri, 1) })).status).toBe(
      200,
    )
    // Older than one that was taken.
    expect((await answer(north.host, { challenge: await challengeOf(person.email), code: await codeOf(uri) })).status).toBe(401)
  })

  test('a challenge is good for one sign-in, on its host, for five tries and five minutes', async () => {
    const { person, uri } = await withApp()
    const elsewhere = await challengeOf(person.email)
    expect((await answer(south.host, { challenge: elsewhere, code: await codeOf(uri) })).status).toBe(401)
    const worn = await challengeOf(person.email)
    for (let turn = 0; turn < 5; turn += 1)
      expect((await answer(north.host, { challenge: worn, code: '000000' })).status).toBe(401)
    expect((await answer(north.host, { challenge: worn, code: await codeOf(uri) })).status).toBe(401)
    expect((await answer(north.host, { challenge: elsewhere, code: await codeOf(uri) })).status).toBe(200)
    expect((await answer(north.host, { challenge: elsewhere, code: await codeOf(uri, 1) })).status).toBe(401)
    const owner = new pg.Client({ connectionString: database.adminUrl })
    await owner.connect()
    const late = await challengeOf(person.email)
    try {
      await owner.query(`update tenantry.clock_offset set "offset" = '6 minutes'`)
      await expect.poll(() => node.tenantry.directory.clock() - Date.now()).toBeGreaterThan(300_000)
      expect((await answer(north.host, { challenge: late, code: await codeOf(uri) })).status).toBe(401)
    } finally {
      await owner.query(`update tenantry.clock_offset set "offset" = '0'`)
      await owner.end()
    }
  })

  test('a backup code stands in for the app, once, however it is typed', async () => {
    const { person, backupCodes } = await withApp()
    const [first = '', second = ''] = backupCodes
    const challenges = await Promise.all(Array.from({ length: 4 }, () => challengeOf(person.email)))
    const answers = await Promise.all(challenges.map((challenge) => answer(north.host, { challenge, backupCode: first })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401])
    const typed = second.toUpperCase().replace('-', ' ')
    expect((await answer(north.host, { challenge: await challengeOf(person.email), backupCode: typed })).status).toBe(200)
    expect((await answer(north.host, { challenge: await challengeOf(person.email), backupCode: 'aaaaa-bbbbb' })).status).toBe(401)
  })

  test('goes with password and code together, and is nobody else’s', async () => {
    const { person, browser, uri } = await withApp()
    const other = await withApp()
    const code = await codeOf(uri)
    expect((await answer(north.host, { challenge: await challengeOf(other.person.email), code })).status).toBe(401)
    expect((await browser.call('POST', '/v1/me/totp/remove', { password, code: '000000' })).status).toBe(401)
    expect((await browser.call('POST', '/v1/me/totp/remove', { password: 'not the right one', code })).status).toBe(401)
    expect((await browser.call('POST', '/v1/me/totp/remove', { password, code })).status).toBe(204)
    expect((await signIn(node, north.host, { email: person.email, password })).body.mfa).toBeUndefined()
  })

  test('neither secret nor backup codes can be read in the database', async () => {
    const { uri, backupCodes } = await withApp()
    const client = new pg.Client({ connectionString: database.superuserUrl })
    await client.connect()
    const { rows } = await client.query(
      `select encode(secret, 'escape') || array_to_string(backup_codes, ' ') as text from identity.two_factor`,
    )
    await client.end()
    const secret = base32(new URL(uri).searchParams.get('secret') ?? '')
    for (const { text } of rows) {
      expect(text).not.toContain(secret)
      for (const code of backupCodes) expect(text).not.toContain(code.replace('-', ''))
    }
  })
})
