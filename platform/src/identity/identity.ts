import type { PersonPrincipal } from '../access/principal.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { RequestInfo } from '../http/route.ts'
import type { NoteActivity } from './activity.ts'

/** Somebody in a realm. */
export interface Person {
  readonly id: string
  readonly realmId: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  /** Whether a second factor is asked for at sign-in. */
  readonly secondFactor: boolean
  /** RFC 3339. */
  readonly createdAt: string
}

export interface NewPerson {
  /** Made canonical here. */
  readonly email: string
  readonly name: string
  /** Without one he signs in after a reset by mail, or by what else he gets. */
  readonly password?: string | undefined
  /** Somebody has shown that he reads mail at the address. */
  readonly verified: boolean
}

/** Where somebody stands while he signs in. All of it was verified; nothing is taken from the request as it came. */
export interface Door {
  readonly realmId: string
  /** Name of the host, without port: sessions, challenges and passkeys are good on it and nowhere else. */
  readonly host: string
  /** Scheme, host and port: what links and passkeys are built from. */
  readonly origin: string
  /** Of the host; undefined on the bare domain. */
  readonly tenantId: string | undefined
  readonly address: string
  readonly userAgent: string | undefined
  /** For the audit. */
  readonly requestId?: string
}

export interface SignedIn {
  readonly person: Person
  /** How: password, totp, backup_code, passkey. */
  readonly methods: readonly string[]
}

/** The first step was right, and there is a second. Five minutes, five tries, on the same host. */
export interface Challenge {
  readonly token: string
  readonly methods: readonly ('totp' | 'backup_code')[]
}

export interface BrowserSession {
  readonly id: string
  readonly tenantId: string | undefined
  readonly host: string
  readonly methods: readonly string[]
  readonly address: string | undefined
  readonly userAgent: string | undefined
  readonly createdAt: string
  /** To the hour. */
  readonly usedAt: string
  readonly expiresAt: string
}

export interface IdentityService {
  /** Where a request stands. @throws not_found for a host that is no door of anybody's */
  doorOf(request: Pick<RequestInfo, 'id' | 'origin' | 'address' | 'userAgent'>, tenant: TenantEntry | undefined): Door

  /** @throws conflict when the address is taken in the realm, invalid_request for an address or password that cannot be used */
  createUser(realmId: string, person: NewPerson): Promise<Person>
  findUser(realmId: string, id: string): Promise<Person | undefined>
  /** The address may be typed in any way. */
  findUserByEmail(realmId: string, email: string): Promise<Person | undefined>
  /** @throws not_found */
  rename(realmId: string, id: string, name: string): Promise<Person>
  /** Says nothing about who may; an invitation that was proved by mail sets one with it. @throws invalid_request */
  setPassword(person: Pick<Person, 'id' | 'realmId' | 'email'>, password: string): Promise<void>

  /**
   * Address and password. Unknown and wrong are the same in answer and time, and throttled by account and address of the network.
   *
   * @throws unauthenticated, rate_limited
   */
  signIn(door: Door, email: string, password: string): Promise<SignedIn | { readonly challenge: Challenge }>
  /** @throws unauthenticated for a wrong code, a code that was used, and a challenge that is over or of another host */
  secondStep(
    door: Door,
    challenge: string,
    answer: { readonly code: string } | { readonly backupCode: string },
  ): Promise<SignedIn>

  /** A confirmed app or a passkey. */
  hasSecondFactor(person: Pick<Person, 'id' | 'realmId'>): Promise<boolean>
  /**
   * A browser's session on the door's host. `cookie` is a whole `Set-Cookie` value.
   *
   * @example
   * const { cookie } = await services.identity.startSession(person, door, ['password'])
   * return reply(200, body, { headers: { 'set-cookie': cookie } })
   */
  startSession(
    person: Pick<Person, 'id' | 'realmId'>,
    door: Pick<Door, 'host' | 'tenantId' | 'address' | 'userAgent'>,
    methods: readonly string[],
  ): Promise<{ readonly id: string; readonly cookie: string }>
  /** Whose live session the `Cookie` header holds, if it is one of this host, realm and tenant. */
  personOfCookie(
    cookieHeader: string | undefined,
    door: Pick<Door, 'host' | 'realmId' | 'tenantId'>,
  ): Promise<PersonPrincipal | undefined>
  /** [FIN-7] Writes into the audit of the tenant that its member signed in or out. */
  noteActivity: NoteActivity
  /** A `Set-Cookie` value that takes the cookie away. */
  readonly noCookie: string
  listSessions(person: Pick<PersonPrincipal, 'id' | 'realmId'>): Promise<BrowserSession[]>
  /** One of them, those of one tenant, or all but one. Out on this node at once, on all within a second. Answers how many ended. */
  endSessions(
    person: Pick<PersonPrincipal, 'id' | 'realmId'>,
    which: { readonly id: string } | { readonly tenantId: string } | { readonly except: string | undefined },
  ): Promise<number>

  /** Ends all other sessions. @throws unauthenticated for a wrong password, rate_limited, invalid_request for a weak new one */
  changePassword(person: PersonPrincipal, door: Door, current: string, next: string): Promise<void>
  /** Sends a link, if the address is somebody's. Takes the same time if not. @throws rate_limited, not_configured */
  requestReset(door: Door, email: string): Promise<void>
  /** Ends all sessions; the address is proved with it. @throws proof_invalid, invalid_request */
  resetPassword(door: Door, token: string, password: string): Promise<Person>
  /** Sends a link to the address if it is somebody's and not proved yet. @throws rate_limited, not_configured */
  requestVerification(door: Door, email: string): Promise<void>
  /** @throws proof_invalid */
  verifyEmail(door: Door, token: string): Promise<Person>

  readonly totp: TotpService
  /** Seals what belongs to persons with the newest master key, realm by realm. Answers how many secrets were not. */
  rewrapSecrets(): Promise<number>
  readonly passkeys: PasskeyService
}

/** Codes by the clock, from an app. */
export interface TotpService {
  /**
   * A new secret, not asked for before `confirm`. `place`: what the app calls this place, by default the platform's name.
   *
   * @throws unauthenticated for a wrong password, conflict when there is one already
   */
  begin(
    person: PersonPrincipal,
    door: Door,
    password: string,
    place?: string,
  ): Promise<{ readonly secret: string; readonly uri: string }>
  /** A first code shows that the app has the secret. Answers the backup codes, the only time. @throws unauthenticated, not_found */
  confirm(person: PersonPrincipal, door: Door, code: string): Promise<{ readonly backupCodes: readonly string[] }>
  /** @throws unauthenticated for a wrong password or code */
  remove(person: PersonPrincipal, door: Door, password: string, code: string): Promise<void>
}

export interface Passkey {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly createdAt: string
  readonly lastUsedAt: string | undefined
}

/**
 * Bound to the host by the authenticator itself. `options` and `response` are what a browser's `navigator.credentials` takes and gives.
 * Where an operator has a second factor, none changes but in a session that had one: `second_factor_required`.
 */
export interface PasskeyService {
  /**
   * With the password: who has but a session must not make it last for ever. `place`: what browsers call this place, by default the
   * platform's name.
   *
   * @throws unauthenticated, rate_limited
   */
  beginRegistration(
    person: PersonPrincipal,
    door: Door,
    password: string,
    place?: string,
  ): Promise<{ readonly challenge: string; readonly options: unknown }>
  /** @throws unauthenticated */
  register(person: PersonPrincipal, door: Door, challenge: string, response: unknown, name: string): Promise<Passkey>
  beginSignIn(door: Door): Promise<{ readonly challenge: string; readonly options: unknown }>
  /** @throws unauthenticated, rate_limited */
  signIn(door: Door, challenge: string, response: unknown): Promise<SignedIn>
  list(person: Pick<PersonPrincipal, 'id' | 'realmId'>): Promise<Passkey[]>
  /** @throws not_found */
  remove(person: PersonPrincipal, door: Door, id: string): Promise<void>
}
