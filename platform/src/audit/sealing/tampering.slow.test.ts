import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { AuditKeys } from '../proof/statements.ts'
import { keyIdOf } from '../proof/statements.ts'
import type { AuditSigner } from './audit-keys.ts'
import {
  exported,
  findingsIn,
  openVault,
  publicKeys,
  publish,
  rename,
  sealAll,
  tenantA,
  tenantB,
  verify,
} from './seals.test-support.ts'

let vault: Awaited<ReturnType<typeof openVault>>
let north: TenantScope
let south: TenantScope
let keys: AuditKeys
let checkpoints: Awaited<ReturnType<typeof publish>>

beforeEach(async () => {
  vault = await openVault()
  north = await vault.provision(tenantA, 'north')
  south = await vault.provision(tenantB, 'south')
  await rename(north, 'north 1')
  await sealAll(north, vault.signer)
  await rename(south, 'south 1')
  await sealAll(south, vault.signer)
  await rename(north, 'north 2', 'north 3')
  await sealAll(north, vault.signer)
  keys = await publicKeys(vault.pool)
  checkpoints = await publish(north)
})
afterEach(() => vault?.close())

/** Ids of a tenant's entries in the order of their seals. */
async function entries(tenantId: string): Promise<string[]> {
  const { rows } = await vault.owner.query<{ id: string }>(
    'select id from tenantry.audit_entries where tenant_id = $1 order by xid, id',
    [tenantId],
  )
  return rows.map(({ id }) => id)
}

const findings = async () => findingsIn(await exported(north, vault.signer), checkpoints, keys)

/** He unseals everything and lets it be sealed anew, with a key of his choice. */
async function sealAnew(signer: AuditSigner) {
  await vault.owner.query('delete from tenantry.audit_segments where tenant_id = $1', [tenantA])
  await sealAll(north, signer)
}

test('[SEC-5] [FIN-17] what nobody touched is verified with the export, the checkpoints and the public key alone', async () => {
  const lines = await exported(north, vault.signer)
  expect(await verify(lines, checkpoints, keys)).toMatchObject({
    tenant: tenantA,
    segments: 2,
    entries: 4,
    unsealed: 0,
    gone: 0,
    checkpoints: 2,
    findings: [],
  })
  expect(lines.join('\n')).toContain('north 3')
})

test('[SEC-5] [FIN-17] an altered entry is found and named', async () => {
  const [, second] = await entries(tenantA)
  await vault.owner.query(`update tenantry.audit_entries set after = '{"name": "never so"}' where id = $1`, [second])
  expect(await findings()).toEqual([`entry_altered 1 ${second}`])
})

test.each(['actor_id', 'at', 'address', 'action', 'before'])(
  '[SEC-5] [FIN-17] so is one of which only %s was altered',
  async (column) => {
    const values: Record<string, string> = {
      actor_id: `'${tenantB}'`,
      at: `at + interval '1 microsecond'`,
      address: `'10.0.0.1'`,
      action: `'bms.buildings.deleted'`,
      before: `'{}'`,
    }
    const [, , third] = await entries(tenantA)
    await vault.owner.query(`update tenantry.audit_entries set ${column} = ${values[column]} where id = $1`, [third])
    expect(await findings()).toEqual([`entry_altered 2 ${third}`])
  },
)

test('[SEC-5] [FIN-17] deleted entries at the end are found, each by its id', async () => {
  const [, , third, fourth] = await entries(tenantA)
  await vault.owner.query('delete from tenantry.audit_entries where id in ($1, $2)', [third, fourth])
  expect(await findings()).toEqual([`entry_missing 2 ${third}`, `entry_missing 2 ${fourth}`])
})

test('[SEC-5] [FIN-17] the end deleted with its seals is found by the published checkpoint', async () => {
  const [, , third] = await entries(tenantA)
  await vault.owner.query('delete from tenantry.audit_entries where tenant_id = $1 and id >= $2', [tenantA, third])
  await vault.owner.query('delete from tenantry.audit_segments where tenant_id = $1 and number = 2', [tenantA])
  expect(await findings()).toEqual(['tail_missing 2'])
})

test('[SEC-5] [FIN-17] a segment cut out of the middle is found', async () => {
  await vault.owner.query('delete from tenantry.audit_segments where tenant_id = $1 and number = 1', [tenantA])
  const [first, second] = await entries(tenantA)
  expect(await findings()).toEqual(['segment_missing 1', `entry_not_sealed 2 ${first}`, `entry_not_sealed 2 ${second}`])
})

test("[SEC-5] [FIN-17] rows swapped between two tenants are found in either's export", async () => {
  const [, ofNorth] = await entries(tenantA)
  const [, ofSouth] = await entries(tenantB)
  await vault.owner.query(
    `update tenantry.audit_entries set tenant_id = case tenant_id when $1::uuid then $2::uuid else $1 end where id in ($3, $4)`,
    [tenantA, tenantB, ofNorth, ofSouth],
  )
  const found = await findings()
  expect(found).toContain(`entry_missing 1 ${ofNorth}`)
  expect(found).toContain(`entry_not_sealed 2 ${ofSouth}`)
  const other = await findingsIn(await exported(south, vault.signer), await publish(south), keys)
  expect(other.some((finding) => finding.startsWith('entry_missing') && finding.endsWith(String(ofSouth)))).toBe(true)
})

test('[SEC-5] [FIN-17] contents swapped between two tenants, ids in place, are altered entries', async () => {
  const [, ofNorth] = await entries(tenantA)
  const [, ofSouth] = await entries(tenantB)
  await vault.owner.query(
    `update tenantry.audit_entries e set after = o.after, before = o.before from tenantry.audit_entries o
      where e.id = $1 and o.id = $2 or e.id = $2 and o.id = $1`,
    [ofNorth, ofSouth],
  )
  expect(await findings()).toEqual([`entry_altered 1 ${ofNorth}`])
})

test("[FIN-17] another tenant's export is not taken for one's own, whole or in part", async () => {
  const theirs = await exported(south, vault.signer)
  expect(await findingsIn(theirs, checkpoints, keys)).toEqual(['no_checkpoint'])
  const ours = await exported(north, vault.signer)
  const spliced = [...ours.slice(0, -1), ...theirs.slice(1, -1), ours.at(-1) ?? '']
  expect(await findingsIn(spliced, checkpoints, keys)).toContain('other_tenant 1')
})

test('[SEC-5] [FIN-17] a chain recomputed after a change is found: without our key by its signatures', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyId = keyIdOf(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))
  await vault.owner.query(`update tenantry.audit_entries set actor_id = null where tenant_id = $1`, [tenantA])
  await sealAnew({ ...vault.signer, keyId, privateKey })
  expect(await findings()).toContain('segment_not_signed 1')
  await sealAnew({ ...vault.signer, privateKey })
  expect(await findings()).toContain('segment_not_signed 1')
})

test('[SEC-5] [FIN-17] and with the stolen key by what was published before', async () => {
  const [first] = await entries(tenantA)
  await vault.owner.query(`delete from tenantry.audit_entries where id = $1`, [first])
  await sealAnew(vault.signer)
  expect(await findings()).toEqual(['tail_missing 2', 'published_otherwise 1'])
})

test('[SEC-5] [FIN-17] a register rewritten to fit an altered entry no longer fits the signed root', async () => {
  await vault.owner.query(
    `update tenantry.audit_segments set register = jsonb_set(register, '{0,2}', '"00"') where tenant_id = $1 and number = 1`,
    [tenantA],
  )
  expect(await findings()).toContain('segment_altered 1')
})

test('[FIN-17] an export that was cut off, or has lines that are none, is no proof', async () => {
  const lines = await exported(north, vault.signer)
  expect(await findingsIn(lines.slice(0, -1), checkpoints, keys)).toEqual(['export_cut_off'])
  expect(await findingsIn([...lines.slice(0, 2), '{"kind":', ...lines.slice(2)], checkpoints, keys)).toEqual(['export_damaged'])
  expect(await findingsIn(lines.slice(1), checkpoints, keys)).toContain('no_checkpoint')
})

test('[FIN-17] without a checkpoint of the tenant, and with one that nobody signed, the verifier says so', async () => {
  const lines = await exported(north, vault.signer)
  expect(await findingsIn(lines, { items: [] }, keys)).toEqual(['no_checkpoint'])
  const [signed] = checkpoints.items
  const forged = { statement: signed?.statement.replace('"segment":2', '"segment":3') ?? '', signature: signed?.signature ?? '' }
  expect(await findingsIn(lines, { items: [forged] }, keys)).toEqual(['checkpoint_not_signed', 'no_checkpoint'])
})
