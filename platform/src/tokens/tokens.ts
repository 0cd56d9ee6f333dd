import type { PersonPrincipal, Role } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { RequestInfo } from '../http/route.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { SystemDefinition } from '../system.ts'
import { createFamilies, originOf } from './families.ts'
import { insertHandOff, newHandOffToken, useHandOff } from './hand-off-queries.ts'
import { belongingTo, servingTenant } from './memberships.ts'
import { createMinter } from './minter.ts'
import { listPrograms } from './programs.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Somebody who has proved who he is, by whatever methods. */
export type ProvedPerson = Pick<PersonPrincipal, 'id' | 'realmId' | 'methods'>

/** The request that asks: its verified origin becomes the token's issuer, the rest is for the audit. */
export type Asking = Pick<RequestInfo, 'id' | 'address' | 'userAgent' | 'origin'>

/** The tenant that a token is for, and as what. */
export interface TokenTenant {
  readonly tenant: { readonly id: string; readonly name: string; readonly slug: string }
  readonly role: Role
}

export interface AccessToken extends TokenTenant {
  readonly accessToken: string
  /** RFC 3339. */
  readonly expiresAt: string
}

/** What a program holds. Each refresh token is used once. */
export interface ProgramTokens extends AccessToken {
  readonly refreshToken: string
}

export interface HandOff extends TokenTenant {
  /** On the target tenant's host; the token is in its fragment, which no server sees. */
  readonly url: string
  /** RFC 3339, a minute from now. */
  readonly expiresAt: string
}

/** A program in which a person is signed in. */
export interface ProgramSession {
  readonly id: string
  readonly tenantId: string
  readonly tenantName: string
  /** How he signed in; `operator` where somebody acts as him, of whom neither address nor program is told. */
  readonly methods: readonly string[]
  readonly address: string | undefined
  readonly userAgent: string | undefined
  readonly createdAt: string
  /** When it was last refreshed. */
  readonly usedAt: string
  readonly expiresAt: string
}

/** Why a program's sign-in ended. */
export type EndReason = 'signed_out' | 'replayed' | 'removed' | 'password_changed'

export interface TokenService {
  /**
   * A program's sign-in: access and refresh token of one tenant.
   *
   * @throws no_active_tenant when the person is no member there, or the tenant is neither active nor suspended
   * @example const tokens = await services.tokens.startProgram(person, tenantId, request)
   */
  startProgram(person: ProvedPerson, tenantId: string, asking: Asking): Promise<ProgramTokens>
  /**
   * An access token of a browser's session. Without a tenant: the one preferred last, else the oldest membership in an active one.
   *
   * @throws no_active_tenant, forbidden for a person whom an access token speaks for: it would renew itself
   */
  mintFor(person: PersonPrincipal, tenantId: string | undefined, asking: Asking): Promise<AccessToken>
  /**
   * The same person's program in another tenant, by a new family.
   *
   * @throws no_active_tenant, unauthenticated unless the refresh token is the present one of the program that asks
   */
  switchProgram(person: PersonPrincipal, refreshToken: string, tenantId: string, asking: Asking): Promise<ProgramTokens>
  /** The next generation. @throws unauthenticated for anything but a live refresh token that the host's tenant may see */
  refresh(refreshToken: string, hostTenantId: string | undefined, asking: Asking): Promise<ProgramTokens>
  /** Ends the family of a refresh token. What is none is left alone, and not told. */
  revoke(refreshToken: string, hostTenantId: string | undefined, asking: Asking): Promise<void>
  /** The programs in which the person is signed in, in all of his tenants: the newest first, 200 at most. */
  listPrograms(person: Pick<PersonPrincipal, 'id' | 'realmId'>): Promise<ProgramSession[]>
  /**
   * Signs the person out of one of his programs, in whichever tenant. Out on this node when the promise resolves, on all others
   * within a second. Answers whether he had it.
   */
  endOwnProgram(person: Pick<PersonPrincipal, 'id'>, id: string, asking: Asking): Promise<boolean>
  /** Signs him out of all programs but the one that asks, if one does; hand-offs on their way end, too. */
  endOtherPrograms(person: Pick<PersonPrincipal, 'id' | 'session'>, asking: Asking): Promise<void>
  /** Signs the program out that an access token speaks for; a browser's session is left alone. */
  endProgram(person: PersonPrincipal, asking: Asking): Promise<void>
  /** Ends the person's programs in the scope's tenant, and hand-offs on their way; inside the scope's transaction, if it is one. */
  endFamilies(scope: TenantScope, userId: string, because: EndReason): Promise<void>
  /** Ends the person's programs in every tenant. Out on this node when the promise resolves, on all others within a second. */
  endFamiliesEverywhere(userId: string, because: EndReason): Promise<void>
  /**
   * Makes the tenant the preferred one of the person.
   *
   * @throws no_active_tenant
   */
  prefer(person: ProvedPerson, tenantId: string): Promise<void>
  /** The id of a tenant of the person, by its slug. @throws no_active_tenant */
  tenantNamed(person: ProvedPerson, slug: string): Promise<{ readonly tenantId: string }>
  /** A signed-in browser's way to another tenant's host. @throws no_active_tenant, forbidden as `mintFor` */
  handOff(person: PersonPrincipal, tenantId: string, asking: Asking): Promise<HandOff>
  /**
   * The other end: whose hand-off it was, once, on the host that it was made for.
   *
   * @throws unauthenticated for one that was used, is over, or belongs elsewhere
   */
  acceptHandOff(token: string, tenantId: string, asking: Asking): Promise<ProvedPerson>
  /** Public halves of the keys that sign, as a JWK set. */
  publicKeys(): Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>
  /**
   * A new key signs from now on; the old ones are published until their last tokens are over, unless they are dropped because
   * somebody else has them. Answers the new one's id.
   */
  rotateKey(options?: { readonly dropOld: boolean }): Promise<string>
  /** Seals the keys that sign with the newest master key. Answers how many were not. */
  rewrapKeys(): Promise<number>
}

declare module '../http/route.ts' {
  interface Services {
    readonly tokens: TokenService
  }
}

export interface TokenServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly secrets: SecretBox
  readonly signingKeys: SigningKeys
  readonly hosts: TokenHosts
}

/** What is asked of the installation's addresses. */
export interface TokenHosts {
  /** Whether tokens may be minted at an origin. */
  isIssuer(origin: string): boolean
  /** Where a tenant is reached: `https://northwind.example.com`. */
  tenantOrigin(slug: string): string
  /** Where a verified host is reached: `https://cloud.client.co.uk`. */
  originOf(name: string): string
}

export function createTokenService({
  scope,
  directory,
  systems,
  secrets,
  signingKeys,
  hosts,
}: TokenServiceOptions): TokenService {
  const mint = createMinter({ directory, keys: signingKeys, systems })
  const families = createFamilies({ directory, scope, secrets, mint })
  const actingAs = (tenantId: string, memberId: string, asking?: Asking) =>
    scope({ tenantId, actor: { kind: 'member', id: memberId }, ...(asking === undefined ? {} : { origin: originOf(asking) }) })
  const requireIssuer = ({ origin }: Asking) => {
    if (!hosts.isIssuer(origin)) throw problems.not_found('There is nothing here.')
  }

  return {
    async startProgram(person, tenantId, asking) {
      requireIssuer(asking)
      return families.start(person, await belongingTo(directory, person, tenantId), asking)
    },

    async mintFor(person, tenantId, asking) {
      requireIssuer(asking)
      requireCookie(person)
      const { tenant, member } = await belongingTo(directory, person, tenantId ?? (await servingTenant(directory, person)))
      const { session, methods } = person
      return mint(actingAs(tenant.id, member.id, asking), { tenant, member, session, methods, origin: asking.origin })
    },

    async switchProgram(person, refreshToken, tenantId, asking) {
      requireIssuer(asking)
      const { session } = person
      if (session.kind !== 'program' || !(await families.isCurrent(refreshToken, session.id, asking))) {
        throw problems.unauthenticated('This refresh token is not the present one of this program.')
      }
      return families.start(person, await belongingTo(directory, person, tenantId), asking)
    },

    refresh(refreshToken, hostTenantId, asking) {
      requireIssuer(asking)
      return families.refresh(refreshToken, hostTenantId, asking)
    },

    revoke: families.revoke,

    async endProgram({ id, tenantId, session }, asking) {
      if (session.kind === 'program' && tenantId !== undefined)
        await families.end({ tenantId, userId: id, id: session.id }, asking)
    },

    listPrograms: (person) => listPrograms(directory, scope, person),
    endOwnProgram: ({ id }, familyId, asking) => families.endOwn(id, familyId, asking),
    endOtherPrograms: ({ id, session }, asking) => families.endOthers(id, session.id, asking),

    endFamilies: families.endIn,
    endFamiliesEverywhere: families.endEverywhere,

    async prefer(person, tenantId) {
      const { member } = await belongingTo(directory, person, tenantId)
      await actingAs(tenantId, member.id).run(
        sql`update tenantry.members set preferred_at = tenantry.clock() where id = ${member.id}`,
      )
    },

    async tenantNamed(person, slug) {
      // Through the person's own memberships, so that a slug of somebody else and one of nobody are alike.
      const memberships = await directory.membershipsOf(person.id)
      const { tenant } = memberships.find((each) => each.tenant.slug === slug) ?? {}
      if (tenant === undefined) throw problems.no_active_tenant('You are no member of an active tenant here.')
      return { tenantId: tenant.id }
    },

    async handOff(person, tenantId, asking) {
      requireCookie(person)
      const { tenant, member } = await belongingTo(directory, person, tenantId)
      const origin = hosts.tenantOrigin(tenant.slug)
      const token = newHandOffToken()
      const { id: userId, methods } = person
      const insert = insertHandOff(token, { userId, host: hostOf(origin), methods })
      const [made] = await actingAs(tenant.id, member.id, asking).run(insert)
      if (made === undefined) throw new Error('An inserted hand-off answers when it is over.')
      return {
        url: `${origin}/hand-off#token=${token}`,
        expiresAt: made.expiresAt,
        tenant: { id: tenant.id, name: tenant.name, slug: tenant.slug },
        role: member.role,
      }
    },

    async acceptHandOff(token, tenantId, asking) {
      const actor = { kind: 'system', id: doorkeeper } as const
      const used = await scope({ tenantId, actor, origin: originOf(asking) }).first(useHandOff(token, hostOf(asking.origin)))
      const tenant = await directory.tenantById(tenantId)
      if (used === undefined || tenant === undefined) throw refusedHandOff()
      const person = { id: used.userId, realmId: tenant.realmId, methods: used.methods }
      await belongingTo(directory, person, tenantId)
      return person
    },

    publicKeys: () => signingKeys.jwks(),
    rewrapKeys: () => signingKeys.rewrap(),
    rotateKey: ({ dropOld } = { dropOld: false }) => signingKeys.rotate(dropOld),
  }
}

/** Who opens to a hand-off before it is known whose it is, in the audit's words. */
const doorkeeper = '00000000-0000-7000-8000-68616e646f66'

/** A stolen access token must be over when it is over. */
function requireCookie(person: PersonPrincipal): void {
  if (person.viaToken !== true && person.session.kind === 'browser') return
  throw problems.forbidden("This needs the browser's session, by its cookie.")
}

function refusedHandOff() {
  return problems.unauthenticated('This way in is over. Begin again where you came from.')
}

function hostOf(origin: string): string {
  return new URL(origin).hostname
}
