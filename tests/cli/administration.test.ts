import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { type Ended, get, type Running, start, tenantry, until } from './processes.ts'

let database: TestDatabase
let server: Running
let address: string
let folder: string

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-'))
  server = start(['serve', '--port', '0'], { environment: { DATABASE_URL: database.appUrl } })
  address = await server.address()
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): Promise<Ended> {
  return tenantry(args, { environment: { DATABASE_URL: database.appUrl, TENANTRY_ADMIN_URL: database.adminUrl } })
}

/** One that has to succeed; if not, the test says in the command's own words why. */
async function done(...args: string[]): Promise<Ended> {
  const ended = await run(...args)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

let made = 0
async function tenantWithKey(): Promise<{ slug: string; key: string; keyId: string }> {
  made += 1
  const slug = `customer-number-${made}${'x'.repeat(made)}`
  await done('tenant', 'create', slug, '--name', `Customer ${made}`)
  const { json } = await done('key', 'create', slug, '--name', 'test', '--role', 'owner', '--json')
  return { slug, key: json.credential, keyId: json.key.id }
}

const buildings = (key: string, host?: string) => get(address, '/v1/bms/buildings', key, host)

test('keys of access tokens are rotated, and a server that runs publishes the new one', async () => {
  const rotate = (...flags: string[]) =>
    tenantry(['token-key', 'rotate', '--json', ...flags], {
      environment: { DATABASE_URL: database.appUrl, TENANTRY_MASTER_KEYS: `1:${Buffer.alloc(32, 7).toString('base64')}` },
    })
  const published = async () => {
    const { keys } = (await (await fetch(`${address}/.well-known/jwks.json`)).json()) as {
      readonly keys: readonly { kid: string }[]
    }
    return keys.map(({ kid }) => kid)
  }
  const [first, second] = [(await rotate()).json.keyId, (await rotate()).json.keyId]
  await expect.poll(published, served).toEqual([second, first])
  const last = (await rotate('--drop-old')).json.keyId
  await expect.poll(published, served).toEqual([last])
  expect(await run('token-key', 'rotate')).toMatchObject({ code: 2 })
})

/** A server hears of it within a second; other tests run beside this one. */
const served = { timeout: 10_000 }

describe('tenants', () => {
  test('[BMS-13] one made while the server runs is served within a second, without a restart', async () => {
    const { slug, key } = await tenantWithKey()
    expect(await until(200, () => buildings(key, `${slug}.localhost`))).toBeLessThan(3_000)
  })

  test("[SEC-6] suspending and resuming act on a running server's live keys within a second", async () => {
    const { slug, key } = await tenantWithKey()
    expect((await buildings(key)).status).toBe(200)
    const suspended = await run('tenant', 'suspend', slug, '--reason', 'invoice unpaid', '--json')
    expect(suspended).toMatchObject({ code: 0, json: { dryRun: false, tenant: { status: 'suspended', suspension: 'blocked' } } })
    expect(await until(403, () => buildings(key))).toBeLessThan(3_000)
    await done('tenant', 'resume', slug, '--reason', 'paid')
    expect(await until(200, () => buildings(key))).toBeLessThan(3_000)
    await done('tenant', 'archive', slug, '--reason', 'left')
    expect(await until(404, () => buildings(key))).toBeLessThan(3_000)
    await done('tenant', 'restore', slug, '--reason', 'came back')
    expect(await until(200, () => buildings(key))).toBeLessThan(3_000)
  })

  test('[IIOT-2] erasing removes every row, says how many of which, and takes the keys along', async () => {
    const { slug, key } = await tenantWithKey()
    expect((await buildings(key)).status).toBe(200)
    const { json } = await done('tenant', 'erase', slug, '--reason', 'by letter', '--now', '--yes', slug, '--json')
    expect(json).toMatchObject({ dryRun: false, tenant: null, erased: { slug, counts: { 'tenantry.tenants': 1 } } })
    const counts: Record<string, number> = json.erased.counts
    expect(json.erased.rows).toBe(Object.values(counts).reduce((sum, count) => sum + count, 0))
    expect(await until(401, () => buildings(key))).toBeLessThan(3_000)
    expect((await run('tenant', 'show', slug, '--json')).json.error.code).toBe('not_found')
  })

  test('without --now it is marked, can be restored, and tells when its rows go', async () => {
    const { slug } = await tenantWithKey()
    const { json } = await run('tenant', 'erase', slug, '--reason', 'by letter', '--yes', slug, '--json')
    expect(json).toMatchObject({ tenant: { status: 'deleted' }, erased: null })
    expect(Date.parse(json.tenant.eraseAfter)).toBeGreaterThan(Date.now())
    await done('tenant', 'restore', slug, '--reason', 'sorry')
  })

  test('nothing is erased unless its slug is repeated, and nobody is asked without a terminal', async () => {
    const { slug } = await tenantWithKey()
    for (const yes of [[], ['--yes', 'another-one']]) {
      const refused = await run('tenant', 'erase', slug, '--reason', 'by mistake', '--now', ...yes, '--json')
      expect(refused).toMatchObject({ code: 2, json: { error: { code: 'usage' } } })
    }
    expect((await run('tenant', 'show', slug, '--json')).json.tenant.status).toBe('active')
  })

  test('[FIN-10] one is made below another, and shows it; below one that is not there it is refused, dry or not', async () => {
    const { slug } = await tenantWithKey()
    const below = `below-${slug}`
    const create = ['tenant', 'create', below, '--name', 'Below', '--json']
    expect((await run(...create, '--parent', 'never-was')).json.error.code).toBe('invalid_request')
    expect((await run(...create, '--parent', 'never-was', '--dry-run')).json.error.code).toBe('usage')
    await done(...create, '--parent', slug)
    expect((await run('tenant', 'show', below, '--json')).json.tenant.parent).toBe(slug)
  })

  test('a dry run says what would be done and does nothing', async () => {
    const { slug, keyId } = await tenantWithKey()
    const dry = [
      ['tenant', 'create', 'tenant-of-a-dry-run', '--name', 'Dry'],
      ['tenant', 'suspend', slug, '--reason', 'dry'],
      ['tenant', 'erase', slug, '--reason', 'dry', '--now'],
      ['key', 'create', slug, '--name', 'dry', '--role', 'viewer'],
      ['key', 'revoke', slug, keyId],
      ['operator', 'create', 'dry@example.com', '--name', 'Dry'],
      ['migrate'],
    ]
    for (const ended of await Promise.all(dry.map((args) => run(...args, '--dry-run', '--json'))))
      expect(ended).toMatchObject({ code: 0, json: { dryRun: true } })
    expect((await run('tenant', 'show', 'tenant-of-a-dry-run')).code).toBe(1)
    expect((await run('tenant', 'show', slug, '--json')).json.tenant.status).toBe('active')
    expect((await run('key', 'list', slug, '--json')).json.items).toMatchObject([{ id: keyId, revokedAt: null }])
    expect((await run('operator', 'list', '--json')).json.items).toEqual([])
  })

  test('the list has pages and filters, and always the same members', async () => {
    await tenantWithKey()
    const first = (await run('tenant', 'list', '--limit', '1', '--json')).json
    expect(Object.keys(first.items[0])).toEqual([
      'id',
      'slug',
      'name',
      'system',
      'tier',
      'status',
      'suspension',
      'health',
      'createdAt',
    ])
    expect(first.next).toBe(first.items[0].id)
    const rest = (await run('tenant', 'list', '--after', first.next, '--json')).json
    expect(rest.items.map(({ id }: { id: string }) => id)).not.toContain(first.next)
    expect(rest.next).toBeNull()
    expect((await run('tenant', 'list', '--status', 'provisioning', '--json')).json).toEqual({ items: [], next: null })
  })

  test('what the platform refuses is told with its code', async () => {
    const { slug } = await tenantWithKey()
    const cases: [string[], string][] = [
      [['tenant', 'create', slug, '--name', 'Again'], 'slug_taken'],
      [['tenant', 'create', 'admin', '--name', 'Admin'], 'slug_taken'],
      [['tenant', 'create', 'other-one', '--name', 'Other', '--tier', 'gold'], 'invalid_request'],
      [['tenant', 'resume', slug, '--reason', 'none'], 'lifecycle_conflict'],
      [['tenant', 'suspend', 'never-was', '--reason', 'none'], 'not_found'],
    ]
    const refused = await Promise.all(cases.map(([args]) => run(...args, '--json')))
    expect(refused.map(({ code, json }) => ({ code, error: json.error.code }))).toEqual(
      cases.map(([, error]) => ({ code: 1, error })),
    )
    for (const { stderr } of refused) expect(stderr).not.toMatch(/ at /)
  })
})

describe('keys and operators', () => {
  test('a revoked key is out within a second; its credential stands in no list', async () => {
    const { slug, key, keyId } = await tenantWithKey()
    expect((await buildings(key)).status).toBe(200)
    const listed = await run('key', 'list', slug, '--json')
    expect(listed.stdout).not.toContain(key)
    const publicId = listed.json.items[0].publicId
    expect(await run('key', 'revoke', slug, publicId, '--json')).toMatchObject({ code: 0, json: { key: { id: keyId } } })
    expect(await until(401, () => buildings(key))).toBeLessThan(3_000)
  })

  test("one tenant's key cannot be revoked through another", async () => {
    const mine = await tenantWithKey()
    const theirs = await tenantWithKey()
    expect((await run('key', 'revoke', mine.slug, theirs.keyId, '--json')).json.error.code).toBe('not_found')
    expect((await buildings(theirs.key)).status).toBe(200)
  })

  test('a credential goes into a new file for its owner, or nowhere', async () => {
    const { slug } = await tenantWithKey()
    const file = join(folder, 'gateway.key')
    const args = ['key', 'create', slug, '--name', 'gateway', '--permission', 'bms.buildings:read', '--to-file', file, '--json']
    expect((await run(...args)).json).toMatchObject({ credential: null, file })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await buildings(readFileSync(file, 'utf8').trim())).status).toBe(200)
    expect((await run(...args)).code).toBe(2)
    expect((await run('key', 'list', slug, '--json')).json.items).toHaveLength(2)
  })

  test('a key says what it may do; a permission that does not exist is named', async () => {
    const { slug } = await tenantWithKey()
    expect((await run('key', 'create', slug, '--name', 'nothing')).code).toBe(2)
    const unknown = await run('key', 'create', slug, '--name', 'odd', '--permission', 'bms.moon:read', '--json')
    expect(unknown).toMatchObject({ code: 2, json: { error: { message: expect.stringContaining('bms.moon:read') } } })
  })

  test("an operator's key opens the operators' host", async () => {
    const { json } = await done('operator', 'create', 'olivia@example.com', '--name', 'Olivia', '--json')
    expect(await until(200, () => get(address, '/v1/tenants', json.credential, 'dashboard.localhost'))).toBeLessThan(3_000)
    expect((await run('operator', 'create', 'olivia@example.com', '--name', 'Again', '--json')).json.error.code).toBe('conflict')
    expect((await run('operator', 'list', '--json')).json.items).toMatchObject([
      { email: 'olivia@example.com', disabledAt: null },
    ])
  })
})

describe('the installation', () => {
  test('migrate finds nothing to do, and lists by --dry-run', async () => {
    expect((await run('migrate', '--dry-run', '--json')).json).toEqual({ dryRun: true, pending: [], newer: [] })
    expect((await run('migrate', '--json')).json).toEqual({ dryRun: false, applied: [], newer: [] })
  })

  test('maintain does one round', async () => {
    const { json } = await done('maintain', '--once', '--json')
    expect(json.failed).toEqual([])
  })

  test('what needs the owner says so', async () => {
    const withoutOwner = { environment: { DATABASE_URL: database.appUrl } }
    for (const args of [['migrate'], ['maintain', '--once']]) {
      const { json, code } = await tenantry([...args, '--json'], withoutOwner)
      expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'no_owner_address' })
    }
  })

  test('no database, one that does not answer and a role that sees too much are told apart', async () => {
    const ask = async (environment: Record<string, string>) =>
      (await tenantry(['tenant', 'list', '--json'], { environment, cwd: new URL('../../', import.meta.url).pathname })).json.error
        .code
    expect(await ask({ DATABASE_URL: 'postgres://shop_app:secret@127.0.0.1:1/shop' })).toBe('database_unreachable')
    expect(await ask({ DATABASE_URL: database.superuserUrl })).not.toBe('database_unreachable')
  })

  test('a password never stands in what a failure says', async () => {
    const failed = await tenantry(['doctor'], { environment: { DATABASE_URL: 'postgres://shop_app:hunter2@127.0.0.1:1/shop' } })
    expect(failed.code).toBe(1)
    expect(failed.stderr + failed.stdout).not.toContain('hunter2')
  })

  test('a server refuses to start on a database that lacks a migration', async () => {
    const { withServer } = await import('../../platform/src/testing/test-server.ts')
    const behind = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
    try {
      await withServer(behind.superuserUrl, async (client) => {
        await client.query(`delete from tenantry.migrations where source = 'bms'`)
      })
      const { code, json } = await tenantry(['serve', '--port', '0', '--json'], { environment: { DATABASE_URL: behind.appUrl } })
      expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'not_migrated' })
    } finally {
      await behind.drop()
    }
  })

  test('a server told to stop stops in order', async () => {
    const other = start(['serve', '--port', '0'], { environment: { DATABASE_URL: database.appUrl } })
    await other.address()
    process.kill(other.pid, 'SIGTERM')
    expect(await other.ended()).toBe(0)
  })
})
