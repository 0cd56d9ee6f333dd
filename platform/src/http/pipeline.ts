import type { IncomingHttpHeaders } from 'node:http'
import type { Principal } from '../access/principal.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { RequestHost } from './request-host.ts'
import type { RequestInfo, Route, RouteContext, Services } from './route.ts'

/** What is known of a request before anybody looked at its credential. Nothing in it was believed from a stranger. */
export interface RequestFacts {
  readonly id: string
  readonly method: string
  /** As sent, or as a configured proxy forwarded it. */
  readonly host: RequestHost
  readonly scheme: 'http' | 'https'
  readonly address: string
  /** Whether anybody, trusted or not, says that he passes the request on. */
  readonly wasForwarded: boolean
  /** `X-Tenant-ID` of a configured proxy; it may only restate the tenant that host or credential names. */
  readonly restatedTenant: string | undefined
  /** Lower-case names, credentials included, forwarded headers removed. */
  readonly headers: Readonly<IncomingHttpHeaders>
  /** As sent, without its question mark; it may hold a credential. */
  readonly query: string
}

/** Who asks, about which tenant, at which verified address. */
export interface Identified {
  readonly tenant: TenantEntry | undefined
  readonly principal: Principal
  /** Scheme, host and port from the verified host table or configuration: what links are built from. */
  readonly origin: string
}

/** The state of a rate bucket, told to the client in `RateLimit` headers. */
export interface RateState {
  /** Whose rate it is: address, key, person or tenant. */
  readonly policy: string
  /** Requests per window. */
  readonly limit: number
  readonly remaining: number
  /** Seconds. */
  readonly window: number
  /** Seconds until `remaining` is `limit` again. */
  readonly resetsIn: number
}

/** What the handler works with. A public route has neither; an operator route only when it enters a tenant. */
export interface Opened {
  readonly scope: TenantScope | undefined
  readonly tenant: TenantEntry | undefined
}

/** How a request ended, for usage. */
export interface Outcome {
  readonly status: number
  /** Code of the problem that was answered. */
  readonly problem: string | undefined
  readonly milliseconds: number
  /** Bytes of the request's body, as it announced them; 0 where it did not. */
  readonly received: number
}

// biome-ignore lint/suspicious/noExplicitAny: the types of a route are erased once the server collects it
export type AnyContext = RouteContext<any, any, any, any>

/** A request that carries an `Idempotency-Key`. */
export interface IdempotentCall {
  readonly route: Route
  readonly identified: Identified
  readonly request: RequestInfo
  readonly key: string
  /** SHA-256 in hex of method, address, content type and body: another one under the same key is `idempotency_key_reused`. */
  readonly fingerprint: string
  readonly context: AnyContext
  /**
   * Runs the handler in the context given, for example one whose scope is a transaction that also keeps the answer.
   */
  readonly run: (context: AnyContext) => Promise<Answer>
}

/** An answer as it leaves: text, so that it can be kept and told again byte for byte. Undeclared fields are gone. */
export interface Answer {
  readonly status: number
  /** Lower-case names; `content-type` and `etag` among them. */
  readonly headers: Readonly<Record<string, string>>
  /** Null for no body. */
  readonly body: string | null
}

type Eventual<T> = T | Promise<T>

/**
 * The steps of a request that need features. The server layer implements them; this layer calls them in this order:
 * `identify` (host, credential, live membership), `admit` (rate bucket, then status, permission, role, feature), reading the
 * body, schemas, `open` (scope), `idempotent` where the request carries a key, `consume` (quota) and the handler, response
 * schema, `settle` (usage). An answer that `idempotent` tells again takes no quota, and it keeps no refusal of `consume`.
 *
 * Each step refuses by throwing a Problem. A step that answers a value and not a promise costs no turn of the event loop.
 */
export interface Pipeline {
  /** What handlers get as `services`. */
  readonly services: Services
  identify(facts: RequestFacts, route: Route): Eventual<Identified>
  admit(route: Route, identified: Identified, request: RequestInfo): Eventual<readonly RateState[]>
  /** `key`: the request's `Idempotency-Key`. Answers the quotas that it was taken from. */
  consume(route: Route, identified: Identified, request: RequestInfo, key?: string): Eventual<readonly RateState[]>
  /**
   * Opens the scope. A route that is `logged` has its access-log row written with the first thing it asks for; one that `entersTenant` names
   * the tenant in `params.tenantId`, and `reason` is what the operator gave for it.
   */
  open(
    route: Route,
    identified: Identified,
    params: Readonly<Record<string, unknown>>,
    request: RequestInfo,
    reason: string | undefined,
  ): Eventual<Opened>
  idempotent(call: IdempotentCall): Promise<Answer>
  /** An answer begins that is written while it is made: `end` cuts it off, should its caller be shut out meanwhile. */
  watch?(route: Route, identified: Identified, request: RequestInfo, end: () => void): void
  /** After the answer left. Must not throw. */
  settle?(route: Route, identified: Identified, request: RequestInfo, outcome: Outcome): void
}
