import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { PersonPrincipal } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import { countAttempt, type Network } from './attempts.ts'
import type { Door, Passkey } from './identity.ts'
import { makeProof, takeProof } from './proofs.ts'
import type { RealmScope } from './realm-scope.ts'

const minutes = 5
const most = 20

/** The person is verified by the authenticator (PIN, finger, face), so that a passkey is two factors and not one. */
const verification = 'required'

/** Loaded by the first ceremony: the grammar of certificates is much code, and most processes never see one. */
const webauthn = () => import('@simplewebauthn/server')

const columns: SqlFragment = sql`id, name, host, created_at, last_used_at`

export async function beginRegistration(realm: RealmScope, person: PersonPrincipal, { host }: Door, place: string) {
  const known = await realm.run(sql<{ id: string }>`
    select credential_id as id from identity.passkey where user_id = ${person.id}::uuid and host = ${host} limit ${most}`)
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName: place,
    rpID: host,
    userID: new Uint8Array(Buffer.from(person.id.replaceAll('-', ''), 'hex')),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: verification },
  })
  const detail = { challenge: options.challenge, ceremony: 'registration' }
  const challenge = await makeProof(realm, { kind: 'passkey', userId: person.id, host, minutes, detail })
  return { challenge, options }
}

export async function register(
  realm: RealmScope,
  person: PersonPrincipal,
  { host, origin }: Door,
  challenge: string,
  response: unknown,
  name: string,
): Promise<Passkey> {
  const proof = await takeProof(realm, 'passkey', challenge, host)
  if (proof?.userId !== person.id || proof.detail.ceremony !== 'registration') throw refused()
  const expectedChallenge = String(proof.detail.challenge)
  const { verifyRegistrationResponse } = await webauthn()
  const { registrationInfo: made } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: host,
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw refused(cause)
  })
  if (made === undefined) throw refused()
  const { credential, credentialDeviceType, credentialBackedUp, aaguid } = made
  const row = await realm.first(sql<PasskeyRow>`
    insert into identity.passkey (user_id, name, host, credential_id, public_key, counter, transports, device_type, backed_up, aaguid)
    select ${person.id}::uuid, ${name}, ${host}, ${credential.id}, ${Buffer.from(credential.publicKey)}, ${credential.counter},
           ${credential.transports ?? []}::text[], ${credentialDeviceType}, ${credentialBackedUp}, ${aaguid}
     where (select count(*) from identity.passkey where user_id = ${person.id}::uuid) < ${most}
    returning ${columns}`)
  if (row === undefined) throw problems.conflict(`There are ${most} passkeys already; remove one first.`)
  return passkeyOf(row)
}

export async function beginSignIn(realm: RealmScope, { host }: Door, { bucket, most }: Network) {
  // Each that is begun leaves a row for five minutes.
  await countAttempt(realm, [{ subject: ['passkey', bucket], most: 3 * most }])
  // No list of credentials: it would say who has one.
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({ rpID: host, userVerification: verification })
  const detail = { challenge: options.challenge, ceremony: 'authentication' }
  return { challenge: await makeProof(realm, { kind: 'passkey', host, minutes, detail }), options }
}

interface Credential {
  readonly id: string
  readonly userId: string
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly counter: number
}

/** Whose passkey answered. @throws unauthenticated */
export async function signInWithPasskey(
  realm: RealmScope,
  { host, origin }: Door,
  challenge: string,
  response: unknown,
): Promise<string> {
  const proof = await takeProof(realm, 'passkey', challenge, host)
  if (proof?.detail.ceremony !== 'authentication') throw refused()
  const answer = response as AuthenticationResponseJSON
  const known = await realm.first(sql<Credential>`
    select id, user_id, credential_id, public_key, counter from identity.passkey
     where credential_id = ${String(answer.id).slice(0, 1_400)} and host = ${host}`)
  if (known === undefined) throw refused()
  const { verifyAuthenticationResponse } = await webauthn()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: String(proof.detail.challenge),
    expectedOrigin: origin,
    expectedRPID: host,
    requireUserVerification: true,
    credential: { id: known.credentialId, publicKey: new Uint8Array(known.publicKey), counter: known.counter },
  }).catch((cause: unknown) => {
    throw refused(cause)
  })
  if (!verified) throw refused()
  // Of two answers with one counter, which is what a copied authenticator gives, one is taken.
  const used = await realm.run(sql`
    update identity.passkey set counter = ${authenticationInfo.newCounter}, last_used_at = tenantry.clock()
     where id = ${known.id}::uuid and counter = ${known.counter} returning id`)
  if (used.length === 0) throw refused()
  return known.userId
}

interface PasskeyRow extends Omit<Passkey, 'lastUsedAt'> {
  readonly lastUsedAt: string | null
}

export async function listPasskeys(realm: RealmScope, userId: string): Promise<Passkey[]> {
  const rows = await realm.run(
    sql<PasskeyRow>`select ${columns} from identity.passkey where user_id = ${userId}::uuid order by id`,
  )
  return rows.map(passkeyOf)
}

export async function removePasskey(realm: RealmScope, userId: string, id: string): Promise<void> {
  const gone = await realm.run(
    sql`delete from identity.passkey where user_id = ${userId}::uuid and id = ${id}::uuid returning id`,
  )
  if (gone.length === 0) throw problems.not_found('There is no such passkey.')
}

function passkeyOf({ lastUsedAt, ...row }: PasskeyRow): Passkey {
  return { ...row, lastUsedAt: lastUsedAt ?? undefined }
}

function refused(cause?: unknown) {
  return problems.unauthenticated('This passkey was not accepted.', undefined, cause)
}
