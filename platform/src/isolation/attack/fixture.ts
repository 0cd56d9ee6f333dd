import type { Credential, Person } from './world.ts'

/** What a route's fixture works with: one tenant, the word that marks everything of it, and ways to make things over HTTP. */
export interface Ground {
  readonly tenantId: string
  /** Put it into every text: lower-case letters and digits, beginning with a letter. Wherever else it turns up, something leaked. */
  readonly canary: string
  /** The same for numbers: 13 digits, a safe integer. */
  readonly number: number
  /** Of the tenant's address. */
  readonly host: string
  /** Scheme, host and port, as a browser says it. */
  readonly origin: string
  /** Sends as somebody who may do everything in the tenant. Throws unless the answer is a 2xx. */
  readonly send: (call: Call) => Promise<Sent>
  /** Sends as an operator, with a reason. Throws unless the answer is a 2xx. */
  readonly asOperator: (call: Call) => Promise<Sent>
  /** Sends as somebody whom the fixture made. Throws unless the answer is a 2xx. */
  readonly sendAs: (credential: Credential | undefined, call: Call) => Promise<Sent>
  /**
   * The person who will ask: what the route is asked about is his. Made once per trial, the canary in his name. For routes for
   * persons, and for those that use up the member who asks.
   */
  readonly me: (options?: { readonly withPassword?: boolean }) => Promise<Person>
  /** Makes another member of the tenant, the canary in his name. Default role: viewer. */
  readonly member: (options?: { readonly role?: string; readonly withPassword?: boolean }) => Promise<Person>
  /** Another browser's session of somebody whom the fixture made, as a cookie. */
  readonly signInAgain: (person: Person) => Promise<Credential>
  /** Somebody who can be written to and is nobody yet: what is mailed to him, `mailTo` has. */
  readonly address: () => string
  /** The text of the last mail to such an address, or to somebody whom the fixture made. Waits for it for a few seconds. */
  readonly mailTo: (email: string) => Promise<string>
  /** Makes an object that can be granted to a limited key, and answers its id; undefined where nothing can be granted. */
  readonly grantable: () => Promise<string | undefined>
  /** A text that is used nowhere else, beginning with a letter: for what must be unique. */
  readonly unique: () => string
}

export interface Call {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, instead. */
  readonly raw?: { readonly contentType: string; readonly text: string }
  readonly headers?: Readonly<Record<string, string>>
}

export interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any route
  readonly body: any
}

/** How a route is asked once, about objects that were made for it. */
export interface Ask {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, for a route that takes another content type. */
  readonly raw?: { readonly contentType: string; readonly text: string }
  /** `If-Match` and the like; `Idempotency-Key` and `Tenantry-Reason` come by themselves. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Where the effect, or the canary, is to be seen when it is not in the answer, and what must stay as it is when somebody
   * else asks: a GET by the tenant's owner. Needed for every route that changes what its path names.
   */
  readonly look?: Look
  /** What must be in the answer, or in what `look` shows; default the canary. For answers that hold no text of the tenant. */
  readonly shows?: string
  /** Objects that a limited key must have been granted to be let through. Without it reach makes no difference. */
  readonly grants?: readonly string[]
  /** A limited key is refused, whatever it was granted. */
  readonly limited?: 'refused'
  /** A key is refused, whatever it may do: the route is about the member who asks. */
  readonly keys?: 'refused'
  /** On a route for persons an access token is refused: it asks for the browser's own session. */
  readonly tokens?: 'refused'
  /** What somebody who is signed in and belongs to no tenant meets on a route for persons; default the same success. */
  readonly memberless?: { readonly status: number; readonly code: string }
  /** What a member of the tenant meets there; default the same success. */
  readonly members?: { readonly status: number; readonly code: string }
  /** What a person meets there while the tenant is suspended; default the same success. */
  readonly suspended?: { readonly status: number; readonly code: string }
  /** The JSON body anew, where what is in it lasts for seconds only: codes by the clock. */
  readonly renew?: () => Promise<unknown>
  /**
   * The JSON body for something that never was, where a secret in the body says what the request is about: a link, a hand-off.
   * On another tenant's address the real one and this must meet the same refusal.
   */
  readonly absentBody?: unknown
  /** A public route that is on the operators' host alone. */
  readonly on?: 'operators'
  /** Why nobody can succeed here, in this installation: told in the report instead of counted. Refusals are tried all the same. */
  readonly impossible?: string
  /** Pointers of UUIDs in the body that name nothing of the tenant: `externalId`. All others are attacked as references. */
  readonly notReferences?: readonly string[]
}

export interface Look {
  readonly path: string
  /** `operator`: on the operators' host. `me`: the person who asks. Default the tenant's owner. */
  readonly as?: 'operator' | 'me'
}

/**
 * Makes fresh objects with the canary in every text, and says how the route is asked about them.
 *
 * @example
 * const readBuildingData: Fixture = async ({ canary, send }) => {
 *   const { body } = await send({ method: 'POST', path: '/v1/bms/buildings', body: { name: canary } })
 *   return { params: { id: body.id }, query: { start, end }, grants: [body.id] }
 * }
 */
export type Fixture = (ground: Ground) => Promise<Ask> | Ask

/** Fixtures by the route's `operation`. */
export type Fixtures = Readonly<Record<string, Fixture>>
