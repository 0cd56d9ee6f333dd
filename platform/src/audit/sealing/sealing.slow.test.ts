import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from '../../isolation/statement.ts'
import { makeMasterKey, secretBoxOf } from '../../secrets/master-keys.ts'
import { eraseTenant } from '../../tenants/erase-tenant.ts'
import type { Signed } from '../proof/statements.ts'
import { auditSigner, makeKey, rewrapAuditKeys } from './audit-keys.ts'
import { sealNext } from './seal-entries.ts'
import { Sealer } from './sealer.ts'
import { exported, openVault, publicKeys, publish, rename, sealAll, tenantA, tenantB, verify } from './seals.test-support.ts'
import { hasEntriesAfter, headOf, noHead, settledEntries } from './segment-queries.ts'
import { signedTombstones, signTombstones } from './sign-tombstones.ts'

let vault: Awaited<ReturnType<typeof openVault>>

beforeEach(async () => {
  vault = await openVault()
})
afterEach(() => vault?.close())

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen')
}

const due = async () =>
  (
    await vault.owner.query<{ tenantId: string; resting: boolean; attempts: number }>(
      `select tenant_id as "tenantId", due_at > tenantry.clock() + interval '1 hour' as resting, attempts
         from tenantry.work where kind = 'audit' order by 1`,
    )
  ).rows

const moveClock = (interval: string) => vault.owner.query('update tenantry.clock_offset set "offset" = $1', [interval])

function startSealer() {
  return new Sealer({ pool: vault.pool, scope: vault.open, secrets: vault.box, logger: pino({ level: 'silent' }) })
}

test('two nodes that seal one tenant at once make one chain, each entry in it once', async () => {
  const north = await vault.provision(tenantA, 'north')
  await rename(north, ...Array.from({ length: 20 }, (_, index) => `north ${index}`))
  const again = vault.scopeOf(tenantA)
  await until(async () => {
    await Promise.all([sealNext(north, vault.signer), sealNext(again, vault.signer), sealNext(north, vault.signer)])
    return !(await hasEntriesAfter(north, (await headOf(north)).last))
  })
  const report = await verify(await exported(north, vault.signer), await publish(north), await publicKeys(vault.pool))
  expect(report).toMatchObject({ entries: 21, unsealed: 0, findings: [] })
})

test('an entry of a transaction that began early and commits late is sealed all the same', async () => {
  const north = await vault.provision(tenantA, 'north')
  await sealAll(north, vault.signer)
  await north.transaction(async (inner) => {
    await inner.run(sql`select tenantry.record_audit('test.early', 'test', null)`)
    await rename(vault.scopeOf(tenantA), 'north 1')
    await sealNext(vault.scopeOf(tenantA), vault.signer)
    expect((await headOf(vault.scopeOf(tenantA))).total).toBe(1)
  })
  await sealAll(north, vault.signer)
  expect((await headOf(north)).total).toBe(3)
  const report = await verify(await exported(north, vault.signer), await publish(north), await publicKeys(vault.pool))
  expect(report).toMatchObject({ entries: 3, unsealed: 0, findings: [] })
})

test('[SEC-5] whoever writes an entry marks the tenant, a second writer neither writes nor waits', async () => {
  const north = await vault.provision(tenantA, 'north')
  const marked = await vault.owner.query('select xmin::text, due_at from tenantry.work')
  await rename(north, 'north 1')
  expect((await vault.owner.query('select xmin::text, due_at from tenantry.work')).rows).toEqual(marked.rows)
  // The mark rests, and another holds it: nobody waits for him.
  await vault.owner.query(`update tenantry.work set due_at = 'infinity'`)
  const other = new pg.Client({ connectionString: vault.database.superuserUrl })
  await other.connect()
  await other.query('begin')
  await other.query('select from tenantry.work for update')
  await rename(north, 'north 2')
  await other.query('rollback')
  await other.end()
  await rename(north, 'north 3')
  expect(await due()).toEqual([{ tenantId: tenantA, resting: false, attempts: 0 }])
})

test('[SEC-5] [FIN-17] servers seal what is due by themselves, and leave a tenant alone in which nothing happens', async () => {
  const north = await vault.provision(tenantA, 'north')
  await moveClock('10 seconds')
  const sealers = [startSealer(), startSealer()]
  try {
    await until(async () => (await headOf(north)).total === 1)
    // A minute of looks that found nothing.
    await until(async () => (await due())[0]?.attempts === 0)
    await vault.owner.query(`update tenantry.work set attempts = 12, due_at = tenantry.clock()`)
    await until(async () => (await due())[0]?.resting === true)
    await rename(north, 'north 1')
    expect(await due()).toEqual([{ tenantId: tenantA, resting: false, attempts: 0 }])
    await moveClock('20 seconds')
    await until(async () => (await headOf(north)).total === 2)
  } finally {
    await Promise.all(sealers.map((sealer) => sealer.close()))
  }
  const { rows } = await vault.pool.query('select count(*)::int as keys from tenantry.audit_keys')
  expect(rows).toEqual([{ keys: 1 }])
}, 60_000)

test('[FIN-17] entries gone by retention leave their seals, and the export says since when; entries gone early are missing', async () => {
  await moveClock('-3 years')
  await vault.owner.query(`select tenantry.make_partitions(interval '1 month')`)
  const north = await vault.provision(tenantA, 'north')
  await rename(north, 'north 1')
  await sealAll(north, vault.signer)
  await moveClock('0')
  await rename(north, 'north 2', 'north 3')
  await sealAll(north, vault.signer)
  const checkpoints = await publish(north)
  const keys = await publicKeys(vault.pool)
  await vault.owner.query(`select tenantry.drop_partitions('tenantry.audit_entries', tenantry.clock() - interval '731 days')`)
  expect(await verify(await exported(north, vault.signer), checkpoints, keys)).toMatchObject({
    segments: 2,
    entries: 2,
    gone: 2,
    findings: [],
  })
  // Whoever drops what should have been kept cannot call it retention.
  await moveClock('6 months')
  await vault.owner.query(`select tenantry.make_partitions(interval '1 month')`)
  await vault.owner.query(`select tenantry.drop_partitions('tenantry.audit_entries', tenantry.clock())`)
  const report = await verify(await exported(north, vault.signer), checkpoints, keys)
  expect(report).toMatchObject({ entries: 0, gone: 2 })
  expect(report.findings.map(({ code, segment }) => `${code} ${segment}`)).toEqual(['entry_missing 2', 'entry_missing 2'])
})

test('[FIN-17] of an erased tenant a signed tombstone is left, against which an export made before still holds', async () => {
  const north = await vault.provision(tenantA, 'north')
  const south = await vault.provision(tenantB, 'south')
  await rename(north, 'north 1')
  await sealAll(north, vault.signer)
  await sealAll(south, vault.signer)
  const lines = await exported(north, vault.signer)
  const admin = new pg.Client({ connectionString: vault.database.adminUrl })
  await admin.connect()
  await eraseTenant(admin, tenantA, { force: true })
  await admin.end()
  expect(await signTombstones(vault.pool, vault.signer)).toBe(1)
  expect(await signTombstones(vault.pool, vault.signer)).toBe(0)
  const items = await signedTombstones(vault.pool)
  expect(JSON.parse((items[0] as Signed).statement)).toMatchObject({
    tenant: tenantA,
    counts: { 'tenantry.audit_entries': 2 },
    head: { segment: 1, total: 2 },
  })
  const keys = await publicKeys(vault.pool)
  const report = await verify(lines, { items }, keys)
  expect(report).toMatchObject({ checkpoints: 1, findings: [] })
  expect(report.notes[0]).toContain('erased')
  expect((await headOf(north)).number).toBe(0)
  expect((await headOf(south)).number).toBe(1)
  const changed = { items: [{ ...items[0], statement: items[0]?.statement.replace('"total":2', '"total":1') }] }
  expect((await verify(lines, changed, keys)).findings.map(({ code }) => code)).toEqual([
    'checkpoint_not_signed',
    'no_checkpoint',
  ])
})

test('in a cluster that was filled from a dump, and counts transactions anew, sealing fails aloud instead of leaving entries out', async () => {
  const north = await vault.provision(tenantA, 'north')
  await sealAll(north, vault.signer)
  await vault.owner.query(`update tenantry.audit_segments set last_xid = '9000000000000'`)
  await rename(north, 'north 1')
  await expect(sealNext(north, vault.signer)).rejects.toThrow(/dump/)
})

test('a tenant that was erased while it was being sealed gets no seal any more', async () => {
  const north = await vault.provision(tenantA, 'north')
  await vault.owner.query('delete from tenantry.tenants where id = $1', [tenantA])
  await until(async () => (await settledEntries(north, noHead.last, 1)).length === 1)
  expect(await sealNext(north, vault.signer)).toBe(0)
  expect((await headOf(north)).number).toBe(0)
})

test('[FIN-17] seals of a new key and of the one before verify together, also after the master key was changed', async () => {
  const north = await vault.provision(tenantA, 'north')
  await sealAll(north, vault.signer)
  const id = await makeKey(vault.pool, vault.box)
  const signer = await auditSigner(vault.pool, vault.box)
  expect(signer.keyId).toBe(id)
  await rename(north, 'north 1')
  await sealAll(north, signer)
  const both = secretBoxOf([makeMasterKey(2), vault.masterKey])
  expect(await rewrapAuditKeys(vault.pool, both)).toBe(2)
  expect(await rewrapAuditKeys(vault.pool, both)).toBe(0)
  const report = await verify(
    await exported(north, await auditSigner(vault.pool, both)),
    await publish(north),
    await publicKeys(vault.pool),
  )
  expect(report).toMatchObject({ segments: 2, checkpoints: 2, findings: [] })
})

test.each(['update', 'delete', 'truncate'])('a server can append seals, and not %s one', async (how) => {
  const north = await vault.provision(tenantA, 'north')
  await sealAll(north, vault.signer)
  const client = new pg.Client({ connectionString: vault.database.appUrl })
  await client.connect()
  await client.query(`select set_config('tenantry.tenant', $1, false)`, [tenantA])
  const statements: Record<string, string> = {
    update: 'update tenantry.audit_segments set total = 1',
    delete: 'delete from tenantry.audit_segments',
    truncate: 'truncate tenantry.audit_segments',
  }
  await expect(client.query(statements[how] ?? '')).rejects.toMatchObject({ code: '42501' })
  await client.end()
})
