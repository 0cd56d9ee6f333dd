import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorsRealm, sharedRealm } from '../identity/realms.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { prunePersons } from './prune-persons.ts'

let database: TestDatabase
let owner: pg.Client
let superuser: pg.Client

beforeAll(async () => {
  database = await testDatabase()
  owner = new pg.Client({ connectionString: database.adminUrl })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await Promise.all([owner.connect(), superuser.connect()])
})
afterAll(async () => {
  await Promise.all([owner.end(), superuser.end()])
  await database.drop()
})

test('what is over for a day goes in every realm, and nothing that is still good', async () => {
  for (const realm of [sharedRealm, operatorsRealm]) {
    await superuser.query(
      `with person as (insert into identity."user" (realm_id, email, name) values ($1, 'ada@example.com', 'Ada') returning id)
       insert into identity.session (realm_id, user_id, token, host, methods, expires_at)
       select $1, id, age, 'localhost', '{password}', tenantry.clock() + age::interval from person, unnest(array['-2 days', '-1 hour', '1 day']) age`,
      [realm],
    )
    await superuser.query(
      `insert into identity.proofs (realm_id, hash, kind, host, expires_at)
       select $1, sha256(age::bytea), 'passkey', 'localhost', tenantry.clock() + age::interval from unnest(array['-2 days', '1 minute']) age`,
      [realm],
    )
    await superuser.query(
      `insert into identity.attempts (realm_id, subject, count, since)
       select $1, sha256(age::bytea), 9, tenantry.clock() + age::interval from unnest(array['-2 days', '-1 minute']) age`,
      [realm],
    )
  }
  expect(await prunePersons(owner)).toBe(6)
  expect(await prunePersons(owner)).toBe(0)
  const { rows } = await superuser.query(
    `select (select count(*) from identity.session)::int as sessions, (select count(*) from identity.proofs)::int as proofs,
       (select count(*) from identity.attempts)::int as attempts, (select count(*) from identity."user")::int as persons`,
  )
  expect(rows).toEqual([{ sessions: 4, proofs: 2, attempts: 2, persons: 2 }])
})
