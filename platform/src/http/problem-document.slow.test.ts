import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { problemOf } from './problem-document.ts'

let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await testDatabase({})
  pool = createDirectoryPool(database.directoryUrl, undefined, { connections: 1 })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a database that is too slow, or has no connection to spare, is no fault of ours and worth another try', async () => {
  const slow = pool.query('select pg_sleep(10)')
  expect(problemOf(await thrownBy(slow))).toMatchObject({ code: 'timed_out' })
  const busy = await pool.connect()
  try {
    expect(problemOf(await thrownBy(pool.query('select 1')))).toMatchObject({ code: 'unavailable', members: { retryAfter: 1 } })
  } finally {
    busy.release()
  }
})

test('whatever else is thrown is internal, and says nothing', () => {
  expect(problemOf(new Error('secret'))).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') })
})
