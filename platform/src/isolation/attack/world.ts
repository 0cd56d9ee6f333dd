import type { Fixtures, Ground } from './fixture.ts'

/** What speaks for somebody: a bearer token or key; or a browser's cookie, sent as a page of the host itself sends it. */
export type Credential = string | { readonly cookie: string }

/** Somebody with a credential, by the name that the report gives him. */
export interface Carrier {
  readonly name: string
  readonly credential?: Credential
}

/** A live key or member of a tenant, and what it may do there. */
export interface Holder extends Carrier {
  readonly kind: 'key' | 'member'
  readonly credential: Credential
  readonly permissions: ReadonlySet<string>
  /** Of a member; keys have none. One with a custom role is a viewer beside it. */
  readonly role?: string
  /** An operator who acts as the member: what concerns the person himself is not his. */
  readonly acting?: true
}

/** Reaches granted objects only; made anew for each trial with what it may reach. */
export interface Limited {
  readonly name: string
  readonly kind: 'key' | 'member'
  readonly permissions: ReadonlySet<string>
  readonly role?: string
  readonly make: (side: Side, grants: readonly string[]) => Promise<Credential>
}

/** Somebody who was made for one trial, and what he signed in as. */
export interface Person {
  readonly userId: string
  readonly email: string
  readonly name: string
  /** Set when the fixture asked for one. */
  readonly password: string | undefined
  /** Undefined for who belongs to no tenant. */
  readonly memberId: string | undefined
  readonly cookie: Credential
  /** An access token; nobody without a membership has one. */
  readonly token: string | undefined
}

/** How somebody signed in asks a route that is for persons. */
export interface PersonKind {
  readonly name: string
  readonly carries: 'cookie' | 'token'
  /** Role in the side's tenant; undefined for who belongs to no tenant at all. */
  readonly role: string | undefined
}

export interface NewPerson {
  readonly role: string | undefined
  readonly withPassword: boolean
}

/** One synthetic tenant. `own` is whose people attack, `other` and `suspended` are whose things must stay unseen. */
export interface Side {
  readonly name: 'own' | 'other' | 'suspended'
  readonly tenantId: string
  /** Of its address, without port. */
  readonly host: string
  readonly canary: string
  readonly number: number
  /** Credential of a key that may do everything in it: fixtures make things with it. */
  readonly owner: string
  /** Its keys and members, the most powerful of each kind first. */
  readonly holders: readonly Holder[]
}

/** Where content could lie without being in any answer: logs, metrics, rows at rest, caches. */
export interface Witness {
  /** `log`, `bms.buildings of own`. */
  readonly place: string
  /** Whose canary may be there; without it, nobody's. */
  readonly of?: Side['name']
  read(): Promise<string>
}

/** Everything the attack needs beside the document: two tenants, a suspended one, credentials, fixtures. */
export interface World {
  readonly own: Side
  readonly other: Side
  /** Still active when it comes; `suspend` is called once its objects are made. */
  readonly suspended: Side
  readonly suspend: () => Promise<void>
  readonly operatorsHost: string
  /** A host like a tenant's, of which there is no tenant. */
  readonly absentHost: string
  /** Scheme, host and port, as a browser says it in `Origin`. */
  readonly originOf: (host: string) => string
  /** Credential of an operator: fixtures enter tenants with it. */
  readonly operator: string
  /** Each way in which an operator comes. */
  readonly operators: readonly Carrier[]
  /** What was good once, is good elsewhere only, or never was: nobody, wherever it is shown. */
  readonly dead: readonly Carrier[]
  /** Live in tenants that are none of the three. */
  readonly strangers: readonly Carrier[]
  readonly limited: readonly Limited[]
  readonly persons: readonly PersonKind[]
  /** Why there are no persons, if there are none: their routes are then told as not applicable. */
  readonly withoutPeople: string | undefined
  readonly person: (side: Side, person: NewPerson) => Promise<Person>
  /** Another browser of somebody who was made. */
  readonly signInAgain: (side: Side, person: Person) => Promise<Credential>
  /** An address that nobody reads but the attack. */
  readonly addressOf: (name: string) => string
  /** What was last mailed to somebody whom the attack made. */
  readonly mailTo: (email: string) => Promise<string>
  /** Makes something that can be granted; undefined where nothing can be. */
  readonly grantable: (ground: Ground) => Promise<string | undefined>
  readonly fixtures: Fixtures
  readonly witnesses: readonly Witness[]
}
