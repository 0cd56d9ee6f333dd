import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { skeletonOf } from './slug.ts'
import { slugsLike } from './tenant-list.ts'

let database: TestDatabase
let directory: pg.Pool

beforeAll(async () => {
  database = await testDatabase()
  directory = createDirectoryPool(database.directoryUrl)
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  for (const [index, slug] of slugs.entries()) {
    const id = `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`
    await owner.query('begin')
    await owner.query(`select set_config('tenantry.tenant', $1, true)`, [id])
    await owner.query(`insert into tenantry.tenants (id, slug, name, system, tier) values ($1, $2, $2, 'bms', 'base')`, [
      id,
      slug,
    ])
    await owner.query('commit')
  }
  await owner.end()
})
afterAll(async () => {
  await directory?.end()
  await database?.drop()
})

/** Each class of look-alikes, alone and side by side, where one replacement makes room for the next. */
const slugs = [
  'a01i3-4578-9z',
  'rnaple',
  'vvorld',
  'clara',
  'c1ara',
  'ciara',
  'r-n',
  'v-v-v',
  'c-l-i',
  'rn-vv-cl',
  'crn',
  'plain',
  '1-2-3-4-5',
]

test.each(slugs)('the database and this process see the same skeleton in %s', async (slug) => {
  expect(await slugsLike(directory, skeletonOf(slug))).toContain(slug)
})

test('slugs that share a skeleton are found together', async () => {
  expect((await slugsLike(directory, skeletonOf('clara'))).sort()).toEqual(['c1ara', 'ciara', 'clara'])
})
