import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmptyDatabase, emptyDatabase } from '../testing/empty-database.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { userOf, withUser } from './connection-url.ts'
import { isBelowFloor, refusalsOf } from './refusals.ts'

let migrated: TestDatabase
/** Its roles are its own, so that a test may spoil them. */
let spoilt: EmptyDatabase
let superuser: pg.Client

beforeAll(async () => {
  ;[migrated, spoilt] = await Promise.all([testDatabase(), emptyDatabase()])
  superuser = new pg.Client({ connectionString: spoilt.superuserUrl })
  await superuser.connect()
})

afterAll(async () => {
  await superuser.end()
  await Promise.all([migrated.drop(), spoilt.drop()])
})

async function codes(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await refusalsOf(client)).map(({ code }) => code)
  } finally {
    await client.end()
  }
}

/** The refusals of an app role after it was altered. */
async function codesAfter(alter: (role: string) => string, undo: (role: string) => string = () => ''): Promise<string[]> {
  const role = userOf(spoilt.databaseUrl)
  await superuser.query(`create role ${role} login password 'p'; ${alter(role)}`)
  try {
    return await codes(withUser(spoilt.databaseUrl, role, 'p'))
  } finally {
    await superuser.query(`${undo(role)}; drop role ${role}`)
  }
}

test('nothing speaks against the app role and the directory role of an installation', async () => {
  expect(await codes(migrated.appUrl)).toEqual([])
  expect(await codes(migrated.directoryUrl)).toEqual([])
})

test('the owner is refused as a server, and so is a superuser', async () => {
  expect(await codes(migrated.adminUrl)).toEqual(expect.arrayContaining(['creates_roles', 'owns']))
  expect(await codes(migrated.superuserUrl)).toContain('superuser')
})

test.each([
  ['BYPASSRLS', 'bypassrls', 'bypasses_row_security'],
  ['CREATEROLE', 'createrole', 'creates_roles'],
  ['REPLICATION', 'replication', 'replicates'],
])('a role with %s is refused', async (_, option, code) => {
  expect(await codesAfter((role) => `alter role ${role} ${option}`)).toEqual([code])
})

test("a role that is a member of another is refused, of PostgreSQL's own too", async () => {
  expect(await codesAfter((role) => `grant pg_read_all_data to ${role}`)).toEqual(['member_of'])
})

test('a role that owns anything is refused', async () => {
  const undo = () => 'drop schema mine cascade'
  expect(
    await codesAfter((role) => `create schema mine; create table mine.t (); alter table mine.t owner to ${role}`, undo),
  ).toEqual(['owns'])
})

test('row_security that is off from the start is refused', async () => {
  expect(await codesAfter((role) => `alter role ${role} set row_security = off`)).toEqual(['row_security'])
})

test("each refusal says what to do, with the role's name in it", async () => {
  const client = new pg.Client({ connectionString: migrated.adminUrl })
  await client.connect()
  const messages = (await refusalsOf(client)).map(({ message }) => message)
  await client.end()
  expect(messages[0]).toMatch(/^tt_\w+_owner has CREATEROLE .*alter role tt_\w+_owner nocreaterole\.$/)
  expect(messages[1]).toMatch(/^tt_\w+_owner owns .*reassign owned by tt_\w+_owner/)
})

test('releases below 15.14, 16.10 and 17.6 are too old, and what comes after 17 is not', () => {
  expect([140_020, 150_013, 160_009, 170_005].map(isBelowFloor)).toEqual([true, true, true, true])
  expect([150_014, 160_010, 170_006, 180_000].map(isBelowFloor)).toEqual([false, false, false, false])
})
