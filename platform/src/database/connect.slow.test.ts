import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { createDirectoryPool } from './connect.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

test('a directory statement ends after a second', async () => {
  const pool = createDirectoryPool(database.directoryUrl)
  await expect(pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
  await pool.end()
})

test('backends that are terminated, idle and in use, are reported and replaced; the process stays', async () => {
  const errors: Error[] = []
  const pool = createDirectoryPool(database.directoryUrl, (error) => errors.push(error))
  const client = await pool.connect()
  await pool.query('select 1')
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  await superuser.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tenantry directory'`,
  )
  await superuser.end()
  await sleep(200)
  client.release(true)
  expect(errors.length).toBeGreaterThanOrEqual(2)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})
