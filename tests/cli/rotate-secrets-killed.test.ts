import { createHmac, randomUUID } from 'node:crypto'
import pg from 'pg'
import { createTenantry, makeMasterKey } from 'tenantry'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { start, tenantry } from './processes.ts'

const old = makeMasterKey(1)
const next = makeMasterKey(2)
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000e' } as const
const place = { table: 'bms.connectors', column: 'secret', row: '018f0000-0000-7000-8000-000000000001' }
const realm = '00000000-0000-7000-8000-736861726564'
const tenants = 80

let database: TestDatabase
let superuser: pg.Client

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
}, 120_000)
afterAll(async () => {
  await superuser?.end()
  await database?.drop()
})

function open(masterKeys: readonly string[]) {
  const { appUrl: databaseUrl, directoryUrl } = database
  return createTenantry({ databaseUrl, directoryUrl, systems: [bms], configuration: { logLevel: 'silent', masterKeys } })
}

const command = ['rotate-secrets', '--json']
const environment = () => ({ DATABASE_URL: database.appUrl, TENANTRY_MASTER_KEYS: `${next},${old}` })
const count = async (text: string): Promise<number> => (await superuser.query<{ count: number }>(text)).rows[0]?.count ?? 0
const doneTenants = () => count('select count(*)::int as count from tenantry.data_keys where master_version = 2')
const left = () =>
  count(`select (select count(*) from tenantry.data_keys where master_version = 1)::int
    + (select count(*) from tenantry.mails where get_byte(sealed, 0) = 1)::int
    + (select count(*) from identity.two_factor where get_byte(secret, 0) = 1)::int
    + (select count(*) from tenantry.signing_keys where get_byte(sealed, 0) = 1)::int
    + (select count(*) from tenantry.audit_keys where get_byte(sealed, 0) = 1)::int as count`)

test('[SEC-4] a rotation that is killed at any point goes on where it was, after which the old master key is needed for nothing', async () => {
  const before = await open([old])
  const sealed: { readonly tenantId: string; readonly secret: Buffer }[] = []
  for (let n = 0; n < tenants; n++) {
    const tenantId = randomUUID()
    const scope = before.scope({ tenantId, actor })
    const values = [tenantId, `t${tenantId.slice(0, 8)}`]
    await superuser.query(`select set_config('tenantry.tenant', $1, false)`, [tenantId])
    await superuser.query(
      `insert into tenantry.tenants (id, slug, name, system, tier, status) values ($1, $2, $2, 'bms', 'base', 'active')`,
      values,
    )
    sealed.push({ tenantId, secret: (await before.services.secrets.sealForTenant(scope, place, `of ${n}`)).sealed })
    const waiting = before.services.secrets.box.seal(
      'mail',
      [tenantId, 'tenantry.mails', 'sealed', tenantId],
      Buffer.from(`mail ${n}`),
    )
    await superuser.query('insert into tenantry.mails (id, sealed) values ($1, $2)', [tenantId, waiting])
  }
  const { services } = before
  const person = await services.identity.createUser(realm, {
    email: 'ada@example.com',
    name: 'Ada',
    password: 'correct horse battery staple',
    verified: true,
  })
  const secret = services.secrets.box.seal(
    'totp',
    [realm, 'identity.two_factor', 'secret', person.id],
    Buffer.from('the app’s secret'),
  )
  const backup = createHmac('sha256', 'the app’s secret').update('backup code abcde23456').digest()
  await superuser.query(
    `insert into identity.two_factor (realm_id, user_id, secret, verified, backup_codes) values ($1, $2, $3, true, $4)`,
    [realm, person.id, secret, [backup]],
  )
  await superuser.query(`update identity."user" set two_factor_enabled = true where id = $1`, [person.id])
  await services.tokens.rotateKey()
  await before.close()

  let broken = 0
  for (const upTo of [1, 40]) {
    const running = start(command, { environment: environment() })
    while ((await doneTenants()) < upTo && running.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2))
    if (running.child.exitCode === null) running.interrupt('SIGKILL')
    await running.ended()
    if ((await doneTenants()) < tenants) broken++
  }
  expect(broken).toBeGreaterThan(0)
  expect(await left()).toBeGreaterThan(0)
  const last = await tenantry(command, { environment: environment() })
  expect(last).toMatchObject({ code: 0, json: { tenants, secondFactors: 1, signingKeys: 1 } })
  expect(await left()).toBe(0)
  expect(await tenantry(command, { environment: environment() })).toMatchObject({
    json: { sealedAnew: 0, mails: 0, secondFactors: 0, signingKeys: 0, auditKeys: 0 },
  })

  const after = await open([next])
  try {
    for (const [n, { tenantId, secret: ofTenant }] of sealed.entries()) {
      const scope = after.scope({ tenantId, actor })
      expect((await after.services.secrets.openForTenant(scope, place, ofTenant)).toString()).toBe(`of ${n}`)
      const { rows } = await superuser.query<{ sealed: Buffer }>('select sealed from tenantry.mails where id = $1', [tenantId])
      const mail = after.services.secrets.box.open(
        'mail',
        [tenantId, 'tenantry.mails', 'sealed', tenantId],
        rows[0]?.sealed as Buffer,
      )
      expect(mail.toString()).toBe(`mail ${n}`)
    }
    expect((await after.services.tokens.publicKeys()).keys).toHaveLength(1)
    const door = {
      realmId: realm,
      host: 'localhost',
      origin: 'http://localhost',
      tenantId: undefined,
      address: '127.0.0.1',
      userAgent: undefined,
      requestId: 'test',
    }
    const first = await after.services.identity.signIn(door, 'ada@example.com', 'correct horse battery staple')
    if (!('challenge' in first)) throw new Error('The second factor was not asked for.')
    const signedIn = await after.services.identity.secondStep(door, first.challenge.token, { backupCode: 'abcde-23456' })
    expect(signedIn.methods).toEqual(['password', 'backup_code'])
  } finally {
    await after.close()
  }
}, 300_000)
