import { v7 as uuid7 } from 'uuid'
import { bucketOfAddress } from '../access/address-bucket.ts'
import { RateBuckets } from '../access/rate-bucket.ts'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { canonicalAddress } from '../identity/address.ts'
import type { Door, Person } from '../identity/identity.ts'
import { sharedRealm } from '../identity/realms.ts'
import { constraintOf } from '../isolation/database-problems.ts'
import type { Origin } from '../isolation/tenant-scope.ts'
import { hashOf, randomBase62 } from '../keys/key-format.ts'
import { problems } from '../problems/catalogue.ts'
import { Problem } from '../problems/problem.ts'
import type { SystemDefinition } from '../system.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { Accepting, JoiningAccount } from './acceptance.ts'
import { namelessAccount, signInFirst } from './account-problems.ts'
import { insertMember } from './member-queries.ts'
import { findSignUp, insertSignUp, markUsed, type SignUp } from './sign-up-queries.ts'

export interface NewSignUp {
  readonly email: string
  readonly system: string
  /** Default: the system's first. Others only where they are for self-service. */
  readonly tier?: string | undefined
  readonly slug: string
  readonly tenantName: string
}

export interface Founded {
  readonly tenant: Tenant
  /** Of the first owner. */
  readonly memberId: string
  /** The first owner's address, by which he signs in. */
  readonly email: string
}

export interface SignUpService {
  /** Whether a slug can be had at this moment. The one who confirms first has it. @throws invalid_request for one of the wrong form */
  isAvailable(slug: string): Promise<boolean>
  /**
   * Sends a mail with a link to confirm; nothing is made before. Nothing differs by whether the address is known.
   *
   * @throws not_found where the system has no sign-up, slug_taken, invalid_request, rate_limited
   */
  request(asked: NewSignUp, door: Door): Promise<void>
  /**
   * Makes account, tenant and first owner. The tenant and all that belongs to it is one transaction; once for each sign-up. Whoever
   * meets `slug_taken` confirms again with another slug. Without a name the password is that of the account there is, with the code of its
   * second factor if it has one: who belongs to no tenant cannot sign in first.
   *
   * @throws link_invalid, slug_taken, sign_in_required where the address has an account with another password, or a second factor and
   * no code came, unauthenticated for a wrong password or code of an account that there is
   */
  confirm(token: string, account: JoiningAccount, slug: string | undefined, door: Door, origin: Partial<Origin>): Promise<Founded>
  /** The same for who is signed in as the address. @throws link_invalid for anybody else's too */
  confirmAs(token: string, person: Accepting, slug: string | undefined, origin: Partial<Origin>): Promise<Founded>
}

declare module '../http/route.ts' {
  interface Services {
    readonly signUps: SignUpService
  }
}

export interface SignUpOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly services: () => Pick<Services, 'identity' | 'tenants' | 'mail'>
}

/** Of one network: a mail a minute, and a few at once. They go in our name to whomever a stranger says. */
const mailsPerNetwork = { perSecond: 1 / 60, burst: 20 }

export function createSignUpService({ directory, systems, services }: SignUpOptions): SignUpService {
  const { pool } = directory
  const networks = new RateBuckets('address', mailsPerNetwork)

  async function pending(token: string): Promise<SignUp> {
    const signUp = await findSignUp(pool, hashOf(token))
    if (signUp === undefined) throw invalid()
    return signUp
  }

  async function found(signUp: SignUp, person: Accepting, slug = signUp.slug, origin: Partial<Origin>): Promise<Founded> {
    const memberId = uuid7()
    const { email, name, id: userId } = person
    const owner = insertMember({
      id: memberId,
      userId,
      email,
      name,
      role: 'owner',
      customRoleId: null,
      reach: 'all',
      invitedBy: null,
    })
    const { tenantName, system, tier } = signUp
    const tenant = await services()
      .tenants.provision(
        { slug, name: tenantName, system, tier, billingEmail: email },
        { actor: { kind: 'member', id: memberId }, origin },
        { id: signUp.id, statements: [owner] },
      )
      .catch((error: unknown) => {
        // Made by another confirmation of the same mail.
        throw constraintOf(error)?.startsWith('tenants_pkey') === true ? invalid() : error
      })
    await markUsed(pool, signUp.id)
    return { tenant, memberId, email }
  }

  return {
    async isAvailable(slug) {
      try {
        await services().tenants.requireAvailable(slug)
        return true
      } catch (error) {
        if (error instanceof Problem && error.code === 'slug_taken') return false
        throw error
      }
    },

    async request({ email, slug, tenantName, system, tier }, door) {
      const address = canonicalAddress(email)
      const chosen = openTier(systems, system, tier)
      await services().tenants.requireAvailable(slug)
      networks.take(bucketOfAddress(door.address))
      const token = randomBase62(43)
      const isDue = await insertSignUp(pool, hashOf(token), { email: address, system, tier: chosen, slug, tenantName })
      if (!isDue) return
      services().mail.sendAtOnce(address, {
        subject: `Confirm ${tenantName}`,
        paragraphs: [
          `Somebody asked for "${tenantName}" with this address. Confirm it within a day, and it is yours.`,
          'If it was not you, leave this mail alone: nothing is made.',
        ],
        action: { label: 'Confirm', url: `${door.origin}/sign-up#token=${token}` },
      })
    },

    async confirm(token, account, slug, door, origin) {
      const signUp = await pending(token)
      // Also before a code is used up: it works once.
      if (slug !== undefined || account.code !== undefined) await services().tenants.requireAvailable(slug ?? signUp.slug)
      return found(signUp, await personFor(signUp, account, door), slug, origin)
    },

    async confirmAs(token, person, slug, origin) {
      const signUp = await pending(token)
      if (person.email !== signUp.email || person.realmId !== sharedRealm) throw invalid()
      return found(signUp, person, slug, origin)
    },
  }

  /** A new account, or the one that an earlier confirmation made, when the slug had gone to somebody else. */
  async function personFor({ email }: SignUp, { name, password, code }: JoiningAccount, door: Door): Promise<Person> {
    const { identity } = services()
    const ofRealm = { ...door, realmId: sharedRealm }
    if ((await identity.findUserByEmail(sharedRealm, email)) === undefined) {
      if (name === undefined) throw namelessAccount()
      const made = await identity.createUser(sharedRealm, { email, name, password, verified: true }).catch(unlessThere)
      if (made !== undefined) return made
    }
    const result = await identity.signIn(ofRealm, email, password).catch((error: unknown) => {
      throw name !== undefined && error instanceof Problem && error.code === 'unauthenticated' ? signInFirst() : error
    })
    if (!('challenge' in result)) return result.person
    if (code === undefined) throw signInFirst()
    return (await identity.secondStep(ofRealm, result.challenge.token, { code })).person
  }
}

/** @throws not_found, invalid_request for a tier that nobody can choose by himself */
function openTier(systems: readonly SystemDefinition[], systemName: string, tier: string | undefined): string {
  const system = systems.find(({ name }) => name === systemName)
  const [first] = Object.keys(system?.tiers ?? {})
  if (system?.signup !== 'open' || first === undefined) throw problems.not_found('There is no sign-up here.')
  const chosen = tier ?? first
  if (chosen !== first && system.tiers[chosen]?.selfService !== true) {
    const message = 'This tier cannot be chosen at sign-up.'
    throw problems.invalid_request(message, { errors: [{ in: 'body', pointer: '/tier', message }] })
  }
  return chosen
}

function unlessThere(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'conflict') return undefined
  throw error
}

function invalid() {
  return problems.link_invalid('This link was used, is over, or was never one. Ask for a new one.')
}
