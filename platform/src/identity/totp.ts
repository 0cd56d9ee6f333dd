import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createOTP } from '@better-auth/utils/otp'
import { sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import type { Place, SecretBox } from '../secrets/secret-box.ts'
import type { Person } from './identity.ts'
import type { RealmScope } from './realm-scope.ts'

const form = { digits: 6, period: 30 } as const
const purpose = 'totp'

function placeOf(realm: RealmScope, userId: string): Place {
  return [realm.realmId, 'identity.two_factor', 'secret', userId]
}

export interface TotpOptions {
  readonly box: SecretBox
  /** Milliseconds by `tenantry.clock()`. */
  readonly clock: () => number
}

/** A secret that is not asked for yet; one that nobody confirmed is replaced. @throws conflict */
export async function beginTotp(
  realm: RealmScope,
  { box }: TotpOptions,
  { id, email }: Pick<Person, 'id' | 'email'>,
  issuer: string,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const secret = randomBytes(20).toString('base64url')
  const sealed = box.seal(purpose, placeOf(realm, id), Buffer.from(secret))
  const stored = await realm.run(sql`
    insert into identity.two_factor as t (user_id, secret) values (${id}::uuid, ${sealed})
    on conflict (realm_id, user_id) do update set secret = excluded.secret, last_step = 0 where not t.verified
    returning user_id`)
  if (stored.length === 0) throw problems.conflict('There is a second factor already; remove it first.')
  const uri = createOTP(secret, form).url(issuer, email)
  return { secret: new URL(uri).searchParams.get('secret') ?? '', uri }
}

/**
 * Takes a code of now, of the half minute before or of the one after. Each works once: of two who send the same one, one gets in.
 */
export async function takeCode(realm: RealmScope, { box, clock }: TotpOptions, userId: string, code: string): Promise<boolean> {
  const secret = await secretOf(realm, box, userId)
  if (secret === undefined) return false
  const otp = createOTP(secret, form)
  const now = Math.floor(clock() / (form.period * 1000))
  const steps = [now, now - 1, now + 1]
  const matches = await Promise.all(steps.map(async (step) => equal(await otp.hotp(step), code)))
  const step = steps[matches.indexOf(true)]
  if (step === undefined) return false
  const taken = await realm.run(sql`
    update identity.two_factor set last_step = ${step} where user_id = ${userId}::uuid and last_step < ${step} returning user_id`)
  return taken.length === 1
}

function equal(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given))
}

const rewrappedAtOnce = 200

/** Seals the realm's secrets of second factors with the newest master key. Answers how many were not. */
export async function rewrapTotp(realm: RealmScope, box: SecretBox): Promise<number> {
  for (let changed = 0; ; ) {
    const rows = await realm.run(sql<{ userId: string; secret: Buffer }>`
      select user_id, secret from identity.two_factor where get_byte(secret, 0) <> ${box.newest}::int
       order by user_id limit ${rewrappedAtOnce}::int`)
    if (rows.length === 0) return changed
    for (const { userId, secret } of rows) {
      const anew = box.rewrap(purpose, placeOf(realm, userId), secret)
      // A secret that was replaced meanwhile is sealed with the newest key already.
      if (anew !== undefined)
        await realm.run(sql`
          update identity.two_factor set secret = ${anew}::bytea where user_id = ${userId}::uuid and secret = ${secret}::bytea`)
    }
    changed += rows.length
  }
}

/** From now on it is asked for. Answers the backup codes, of which only keyed hashes are kept. @throws not_found */
export async function confirmTotp(realm: RealmScope, { box }: TotpOptions, userId: string): Promise<readonly string[]> {
  const key = await secretOf(realm, box, userId)
  if (key === undefined) throw nothingWaits()
  const codes = Array.from({ length: 10 }, newBackupCode)
  const hashes = codes.map((code) => hashOf(key, code))
  const done = await realm.run(sql`
    with confirmed as (
      update identity.two_factor set verified = true, backup_codes = ${hashes}::bytea[] where user_id = ${userId}::uuid and not verified
      returning user_id
    )
    update identity."user" u set two_factor_enabled = true, updated_at = tenantry.clock() from confirmed where u.id = confirmed.user_id
    returning u.id`)
  if (done.length === 0) throw nothingWaits()
  return codes
}

/** Each works once. */
export async function takeBackupCode(realm: RealmScope, box: SecretBox, userId: string, code: string): Promise<boolean> {
  const key = await secretOf(realm, box, userId)
  if (key === undefined) return false
  const hash = hashOf(key, code)
  const taken = await realm.run(sql`
    update identity.two_factor set backup_codes = array_remove(backup_codes, ${hash}::bytea)
     where user_id = ${userId}::uuid and verified and backup_codes @> array[${hash}::bytea] returning user_id`)
  return taken.length === 1
}

export async function removeTotp(realm: RealmScope, userId: string): Promise<void> {
  await realm.run(sql`
    with removed as (delete from identity.two_factor where user_id = ${userId}::uuid)
    update identity."user" set two_factor_enabled = false, updated_at = tenantry.clock() where id = ${userId}::uuid`)
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Fifty bits, in two halves that can be read aloud. */
function newBackupCode(): string {
  const text = Array.from(randomBytes(10), (byte) => alphabet[byte & 31]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

const nothingWaits = () => problems.not_found('There is no second factor that waits to be confirmed.')

/** Keyed with the secret beside which it lies, which is sealed: so it outlives a master key. */
function hashOf(secret: string, code: string): Buffer {
  return createHmac('sha256', secret)
    .update(`backup code ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`)
    .digest()
}

async function secretOf(realm: RealmScope, box: SecretBox, userId: string): Promise<string | undefined> {
  const row = await realm.first(
    sql<{ secret: Uint8Array }>`select secret from identity.two_factor where user_id = ${userId}::uuid`,
  )
  return row && box.open(purpose, placeOf(realm, userId), row.secret).toString()
}
