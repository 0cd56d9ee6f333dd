import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { sha256 } from './hash-tree.ts'

const Hash = z.string().regex(/^[0-9a-f]{64}$/)
const KeyId = z.string().regex(/^[0-9a-f]{16}$/)
const Moment = z.iso.datetime({ precision: 6 })
const Count = z.int().nonnegative()

/** One link of a tenant's chain, and its checkpoint at the same time: whoever holds a later one knows all before it. */
export const SegmentStatement = z.object({
  type: z.literal('tenantry.audit.segment.v1'),
  installation: z.uuid(),
  tenant: z.uuid(),
  segment: z.int().positive(),
  entries: z.int().positive(),
  total: Count.describe('Entries of this segment and all before it'),
  root: Hash,
  previous: Hash.describe('SHA-256 of the statement before it; zeros in the first'),
  firstAt: Moment,
  lastAt: Moment,
  sealedAt: Moment,
  key: KeyId,
})
export type SegmentStatement = z.output<typeof SegmentStatement>

/** What an export says of itself: how far it goes, and since when entries are kept at all. */
export const ExportStatement = z.object({
  type: z.literal('tenantry.audit.export.v1'),
  installation: z.uuid(),
  tenant: z.uuid(),
  segments: Count,
  head: Hash.describe('SHA-256 of the last statement; zeros where nothing is sealed'),
  keptFrom: Moment.describe('Entries before it are gone by retention'),
  retentionDays: z.int().positive(),
  exportedAt: Moment,
  key: KeyId,
})
export type ExportStatement = z.output<typeof ExportStatement>

/** What is left of an erased tenant. */
export const TombstoneStatement = z.object({
  type: z.literal('tenantry.audit.tombstone.v1'),
  installation: z.uuid(),
  tenant: z.uuid(),
  erasedAt: Moment,
  counts: z.record(z.string(), Count),
  head: z.object({ segment: Count, total: Count, root: Hash, hash: Hash }).nullable(),
  key: KeyId,
})
export type TombstoneStatement = z.output<typeof TombstoneStatement>

export type Statement = SegmentStatement | ExportStatement | TombstoneStatement

/** The text that is signed, and the Ed25519 signature over its UTF-8 bytes in base64. */
export interface Signed {
  readonly statement: string
  readonly signature: string
}

export const noHash = '0'.repeat(64)

export function hashOf({ statement }: Pick<Signed, 'statement'>): string {
  return sha256(Buffer.from(statement)).toString('hex')
}

export function signStatement(statement: Statement, privateKey: KeyObject): Signed {
  const text = JSON.stringify(statement)
  return { statement: text, signature: sign(null, Buffer.from(text), privateKey).toString('base64') }
}

/** Public keys by id. */
export type AuditKeys = ReadonlyMap<string, KeyObject>

/** The statement if it has the form and one of the keys signed it: never look into one that was not checked. */
export function readStatement<S extends z.ZodType<Statement>>(form: S, signed: Signed, keys: AuditKeys): z.output<S> | undefined {
  const parsed = form.safeParse(parseJson(signed.statement))
  if (!parsed.success) return undefined
  const key = keys.get((parsed.data as Statement).key)
  if (key === undefined || !verify(null, Buffer.from(signed.statement), key, Buffer.from(signed.signature, 'base64')))
    return undefined
  return parsed.data
}

export function keyIdOf(publicKey: Uint8Array): string {
  return sha256(publicKey).toString('hex').slice(0, 16)
}

const KeyDocument = z.object({
  keys: z.array(z.object({ id: KeyId, algorithm: z.literal('Ed25519'), publicKey: z.base64() })).min(1),
})

/** @throws ZodError or Error for what is not a document of `/.well-known/audit-keys.json` */
export function readAuditKeys(document: unknown): AuditKeys {
  return new Map(
    KeyDocument.parse(document).keys.map(({ id, publicKey }) => {
      const bytes = Buffer.from(publicKey, 'base64')
      if (keyIdOf(bytes) !== id) throw new Error(`The key ${id} is not the one that its id names.`)
      return [id, publicKeyOf(bytes)]
    }),
  )
}

/** Of 32 bytes. */
export function publicKeyOf(bytes: Uint8Array): KeyObject {
  return createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes).toString('base64url') },
  })
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
