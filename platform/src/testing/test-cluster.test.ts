import { existsSync } from 'node:fs'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testCluster } from './test-cluster.ts'

test('a test may have a server of its own, which leaves nothing behind', async () => {
  const cluster = await testCluster()
  const client = new pg.Client({ connectionString: cluster.superuserUrl })
  await client.connect()
  const { rows } = await client.query<{ directory: string }>(`select current_setting('data_directory') as directory`)
  await client.end()
  const directory = rows[0]?.directory ?? ''
  expect(existsSync(directory)).toBe(true)
  await cluster.stop()
  expect(existsSync(directory)).toBe(false)
  await expect(new pg.Client({ connectionString: cluster.superuserUrl }).connect()).rejects.toThrow()
})
