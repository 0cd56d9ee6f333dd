import { bucketOfAddress } from '../access/address-bucket.ts'
import type { Directory } from '../directory/directory.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { MailService } from '../mail/mail.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { activityIn } from './activity.ts'
import { canonicalAddress } from './address.ts'
import { countAttempt } from './attempts.ts'
import { doorOf } from './door.ts'
import { enginesOn } from './engine.ts'
import type { Door, IdentityService, Person } from './identity.ts'
import { beginRegistration, beginSignIn, listPasskeys, register, removePasskey, signInWithPasskey } from './passkeys.ts'
import { checkPassword } from './password-rules.ts'
import { createPerson, findPerson, findPersonByEmail, proveAddress, renamePerson, storePassword } from './persons.ts'
import { dropProofsOf, takeProof, tryProof } from './proofs.ts'
import type { OpenRealm } from './realm-scope.ts'
import { countMail, linkFor, linkInvalid } from './recovery.ts'
import { hasSecondFactor, requireSecondFactor } from './second-factor.ts'
import { noCookie } from './session-cookie.ts'
import { deleteSessions, insertSession, listSessions, readSession } from './sessions.ts'
import { answerChallenge, checkPasswordOf, signInByPassword } from './sign-in.ts'
import { type CredentialChange, changeMail } from './tell-change.ts'
import { beginTotp, confirmTotp, removeTotp, rewrapTotp, takeCode } from './totp.ts'

declare module '../http/route.ts' {
  interface Services {
    readonly identity: IdentityService
  }
}

export interface IdentityOptions {
  readonly openRealm: OpenRealm
  readonly box: SecretBox
  /** A member of the tenant tried to sign in, in vain. */
  readonly onFailedSignIn: (tenantId: string) => void
  readonly directory: Pick<Directory, 'pool' | 'clock' | 'catchUp' | 'member' | 'membershipsOf'>
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly mail: Pick<MailService, 'sendSealed' | 'sendAtOnce'>
  /** What else the person is signed in with ends too: programs, in every tenant. */
  readonly endPrograms: (userId: string, because: 'password_changed') => Promise<void>
  /** The name is copied to wherever the person belongs. */
  readonly copyName: (person: Person) => Promise<void>
  /** Of the installation: its own hosts are doors too. */
  readonly baseDomain: string
  /** Failed sign-ins of one network within a quarter of an hour. */
  readonly networkAttempts: number
  readonly onFailure?: (error: unknown) => void
}

/** Passwords that may be tried with one link. */
const resetTries = 20
const ownName = 'Tenantry'

/** Who sends the mails of sign-in, in a tenant's rows. */
const sender = { kind: 'system', id: '00000000-0000-7000-8000-6964656e7469' } as const

export function createIdentityService(options: IdentityOptions): IdentityService {
  const {
    openRealm,
    box,
    directory,
    scope,
    mail,
    endPrograms,
    copyName,
    baseDomain,
    networkAttempts,
    onFailedSignIn,
    onFailure = () => undefined,
  } = options
  const engineOf = enginesOn(openRealm, box)
  const totp = { box, clock: () => directory.clock() }

  /** A tenant's own domain leads where its owner says, today or tomorrow: it gets no link into accounts of others than its members. */
  const mayGetLink =
    ({ tenantId, host }: Door) =>
    async ({ id }: Person) =>
      tenantId === undefined || host.endsWith(`.${baseDomain}`) || (await directory.member(tenantId, id)) !== undefined
  /** After the answer: whether there is anybody must not be read from how long it takes. */
  const sendLink = (kind: 'reset' | 'verify', door: Door, email: string): void => {
    const work = async () => {
      const link = await linkFor(openRealm(door.realmId), kind, email, door, mayGetLink(door))
      if (link === undefined) return
      if (door.tenantId === undefined) mail.sendAtOnce(link.person.email, link.content)
      else await mail.sendSealed(scope({ tenantId: door.tenantId, actor: sender }), link.person.email, link.content)
    }
    work().catch(onFailure)
  }
  const networkOf = ({ address }: Door) => ({ bucket: bucketOfAddress(address), most: networkAttempts })
  const noteActivity = activityIn({ scope, directory, onFailedSignIn })
  /** Later, like the mails: what is written must not be heard in the time of the answer. */
  const failedAt = (door: Door, step: string) => (userId: string) => {
    noteActivity('sign_in_failed', userId, door, { step }).catch(onFailure)
  }
  /** In the brand of the tenant at whose door it happened, to its members; the platform itself writes to others. */
  const tell = (change: CredentialChange, { id, email }: Pick<Person, 'id' | 'email'>, door: Door): void => {
    const work = async () => {
      const content = changeMail(change, door, directory.clock())
      const { tenantId } = door
      const isMember = tenantId !== undefined && (await directory.member(tenantId, id)) !== undefined
      if (isMember) await mail.sendSealed(scope({ tenantId, actor: sender }), email, content)
      else mail.sendAtOnce(email, content)
    }
    work().catch(onFailure)
  }
  const requestLink = async (kind: 'reset' | 'verify', door: Door, email: string): Promise<void> => {
    box.code('reachable', '') // without a master key nothing could be sent
    sendLink(kind, door, await countMail(openRealm(door.realmId), kind, email, networkOf(door)))
  }
  const endEverywhere = async (person: Pick<Person, 'id' | 'realmId'>, except: string | undefined): Promise<void> => {
    const realm = openRealm(person.realmId)
    await deleteSessions(realm, person.id, { except })
    await dropProofsOf(realm, person.id)
    await endPrograms(person.id, 'password_changed')
    await directory.catchUp()
  }

  return {
    doorOf: (request, tenant) => doorOf(baseDomain, request, tenant),

    createUser: (realmId, person) => createPerson(openRealm(realmId), engineOf, person),
    findUser: (realmId, id) => findPerson(openRealm(realmId), id),
    findUserByEmail: (realmId, email) => findPersonByEmail(openRealm(realmId), canonicalAddress(email)),
    async rename(realmId, id, name) {
      const person = await renamePerson(openRealm(realmId), id, name)
      await copyName(person)
      return person
    },
    setPassword: (person, password) => storePassword(engineOf, person, password),

    signIn: (door, email, password) => {
      box.code('reachable', '')
      return signInByPassword(openRealm(door.realmId), door, networkOf(door), email, password, failedAt(door, 'password'))
    },
    secondStep: (door, challenge, answer) =>
      answerChallenge(openRealm(door.realmId), totp, door, challenge, answer, failedAt(door, 'second_factor')),

    hasSecondFactor: ({ realmId, id }) => hasSecondFactor(openRealm(realmId), id),
    startSession: (person, door, methods) => insertSession(openRealm(person.realmId), person.id, door, methods),
    personOfCookie: (cookies, door) => readSession(openRealm(door.realmId), cookies, door),
    noteActivity,
    noCookie,
    listSessions: ({ realmId, id }) => listSessions(openRealm(realmId), id),
    async endSessions({ realmId, id }, which) {
      const ended = await deleteSessions(openRealm(realmId), id, which)
      await directory.catchUp()
      return ended
    },

    async changePassword(principal, door, current, next) {
      checkPassword(next, principal.email)
      const person = await checkPasswordOf(openRealm(principal.realmId), principal.email, current, networkOf(door))
      await storePassword(engineOf, person, next)
      await endEverywhere(person, principal.session.kind === 'browser' ? principal.session.id : undefined)
      tell('password_changed', person, door)
    },
    requestReset: (door, email) => requestLink('reset', door, email),
    async resetPassword(door, token, password) {
      const realm = openRealm(door.realmId)
      const shown = await tryProof(realm, 'reset', token, door.host, resetTries)
      const known = shown?.userId ? await findPerson(realm, shown.userId) : undefined
      if (known === undefined) throw linkInvalid()
      // A password that cannot be used does not use the link up.
      checkPassword(password, known.email)
      const proof = await takeProof(realm, 'reset', token, door.host)
      const person = proof?.userId ? await proveAddress(realm, proof.userId) : undefined
      if (person === undefined) throw linkInvalid()
      await storePassword(engineOf, person, password)
      await endEverywhere(person, undefined)
      tell('password_changed', person, door)
      return person
    },
    requestVerification: (door, email) => requestLink('verify', door, email),
    async verifyEmail(door, token) {
      const realm = openRealm(door.realmId)
      const proof = await takeProof(realm, 'verify', token, door.host)
      const person = proof?.userId ? await proveAddress(realm, proof.userId) : undefined
      if (person === undefined) throw linkInvalid()
      return person
    },

    async rewrapSecrets() {
      const { rows } = await directory.pool.query<{ id: string }>('select id from tenantry.realms order by id')
      let changed = 0
      for (const { id } of rows) changed += await rewrapTotp(openRealm(id), box)
      return changed
    },

    totp: {
      async begin(principal, door, password, place = ownName) {
        const realm = openRealm(principal.realmId)
        await requireSecondFactor(realm, principal)
        const person = await checkPasswordOf(realm, principal.email, password, networkOf(door))
        return beginTotp(realm, totp, person, place)
      },
      async confirm(principal, door, code) {
        const realm = openRealm(principal.realmId)
        await requireSecondFactor(realm, principal)
        await countCode(realm.realmId, principal.id, door)
        if (!(await takeCode(realm, totp, principal.id, code))) throw wrongCode()
        const backupCodes = await confirmTotp(realm, totp, principal.id)
        tell('app_added', principal, door)
        return { backupCodes }
      },
      async remove(principal, door, password, code) {
        const realm = openRealm(principal.realmId)
        await checkPasswordOf(realm, principal.email, password, networkOf(door))
        await countCode(realm.realmId, principal.id, door)
        if (!(await takeCode(realm, totp, principal.id, code))) throw wrongCode()
        await removeTotp(realm, principal.id)
        tell('app_removed', principal, door)
      },
    },

    passkeys: {
      async beginRegistration(person, door, password, place = ownName) {
        const realm = openRealm(person.realmId)
        await requireSecondFactor(realm, person)
        await checkPasswordOf(realm, person.email, password, networkOf(door))
        return beginRegistration(realm, person, door, place)
      },
      async register(person, door, challenge, response, name) {
        const realm = openRealm(person.realmId)
        await requireSecondFactor(realm, person)
        const passkey = await register(realm, person, door, challenge, response, name)
        tell('passkey_added', person, door)
        return passkey
      },
      beginSignIn: (door) => beginSignIn(openRealm(door.realmId), door, networkOf(door)),
      async signIn(door, challenge, response) {
        const realm = openRealm(door.realmId)
        const id = await signInWithPasskey(realm, door, challenge, response)
        const person = await findPerson(realm, id)
        if (person === undefined) throw problems.unauthenticated('This passkey was not accepted.')
        return { person, methods: ['passkey'] }
      },
      list: ({ realmId, id }) => listPasskeys(openRealm(realmId), id),
      async remove(person, door, id) {
        const realm = openRealm(person.realmId)
        await requireSecondFactor(realm, person)
        await removePasskey(realm, person.id, id)
        tell('passkey_removed', person, door)
      },
    },
  }

  function countCode(realmId: string, userId: string, { address }: Door): Promise<void> {
    return countAttempt(openRealm(realmId), [{ subject: ['code', userId, bucketOfAddress(address)], most: 20 }])
  }
}

const wrongCode = () => problems.unauthenticated('The code was not accepted. Try the next one.')
