import { hash, timingSafeEqual } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { createDirectory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, startNode, type TestNode, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { keyPrefixes, mintKey, randomBase62, withChecksum } from './key-format.ts'
import { KeyVerifier } from './key-verifier.ts'

// What they do they really do; they are only counted.
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  return { ...real, hash: vi.fn(real.hash), timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

/** One credential of each kind that is refused. */
async function refusedOnes() {
  const { tenant, key } = await tenantWithKey(node)
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
  const { keys } = node.tenantry.services
  const made = async (name: string) =>
    keys.create(scope, { name, permissions: ['tenant:read'] }, {
      kind: 'system',
      permissions: new Set(['tenant:read']),
      reach: 'all',
    } as never)
  const [revoked, expired] = [await made('revoked'), await made('expired')]
  await keys.revoke(scope, revoked.key.id)
  await scope.run(
    sql`update tenantry.api_keys set expires_at = tenantry.clock() - interval '1 hour' where id = ${expired.key.id}::uuid`,
  )
  const [, publicId] = key.split('_')
  const wrong = withChecksum(`${keyPrefixes.tenant}_${publicId}_${randomBase62(43)}`)
  return { unknown: mintKey('tenant').credential, wrong, revoked: revoked.credential, expired: expired.credential }
}

test('unknown, wrong, revoked and expired keys cost the same look-ups, hashes and comparisons, the first time and every other', async () => {
  const refused = await refusedOnes()
  const pool = createDirectoryPool(database.directoryUrl)
  const asked = vi.spyOn(pool, 'query')
  const directory = await createDirectory({ pool, url: database.directoryUrl })
  try {
    const verifier = new KeyVerifier(directory)
    const workFor = async (credential: string) => {
      const before = [asked, vi.mocked(hash), vi.mocked(timingSafeEqual)].map(({ mock }) => mock.calls.length)
      expect(await verifier.verify(credential)).toBeUndefined()
      return [asked, vi.mocked(hash), vi.mocked(timingSafeEqual)].map(
        ({ mock }, place) => mock.calls.length - (before[place] ?? 0),
      )
    }
    for (const time of ['first', 'again']) {
      const work: Record<string, number[]> = {}
      for (const [kind, credential] of Object.entries(refused)) work[kind] = await workFor(credential)
      expect(work, time).toEqual({ unknown: work.unknown, wrong: work.unknown, revoked: work.unknown, expired: work.unknown })
      expect(work.unknown?.slice(1), time).toEqual([1, 1])
    }
  } finally {
    await directory.close()
    await pool.end().catch(() => undefined)
  }
})
