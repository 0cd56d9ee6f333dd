import type { z } from 'zod'
import type { OperatorPrincipal, Permission, PersonPrincipal, Principal, Role, TenantPrincipal } from '../access/principal.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/**
 * Who may call a route:
 * - a permission: a member or key of a tenant that has it
 * - `authenticated`: any live member or key of a tenant
 * - `person`: anybody signed in, member of the tenant or not: own sessions, invitations, choice of tenant
 * - `operator`: a platform operator, on the operator host
 * - `public`: anybody, said out loud
 */
export type Audience = Permission | 'authenticated' | 'person' | 'operator' | 'public'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

type AnySchema = z.ZodType
type Infer<S> = S extends AnySchema ? z.output<S> : undefined

/** Among the content types of a route: any, and none said. */
export const anyContent = '*/*'

/** Content types a route accepts or answers beside JSON. A raw body arrives as a stream of bytes, already inflated and capped. */
export interface RawBody {
  /** For example `['text/csv']`. `anyContent` takes any, and none: for clients that say nothing or something else. */
  readonly accepts: readonly string[]
}

/**
 * Another product's protocol that a route speaks, so that the clients of that product need no change. Only the words differ:
 * host, credential, rate, permission and schemas are asked as on every route.
 */
export interface ForeignProtocol {
  /** Keys where its clients put them, beside `Authorization: Bearer`. Several that are not the same are none. */
  readonly credentials: (sent: { readonly authorization: string | undefined; readonly query: string }) => readonly string[]
  /** What its clients read in a refusal; told beside the members of the problem document, as `application/json`. */
  readonly refusal: (problem: { readonly code: string; readonly detail: string }) => Readonly<Record<string, unknown>>
  /** `WWW-Authenticate` of a 401. Default `Bearer`. */
  readonly challenge?: string
}

export interface RouteDefinition<
  A extends Audience = Audience,
  Params extends AnySchema | undefined = AnySchema | undefined,
  Query extends AnySchema | undefined = AnySchema | undefined,
  Body extends AnySchema | undefined = AnySchema | undefined,
> {
  readonly method: Method
  /** OpenAPI form: `/v1/bms/buildings/{id}/data`. */
  readonly path: `/${string}`
  /** Unique, camelCase: the SDK's method and the attack's row: `readBuildingData`. */
  readonly operation: string
  /** One sentence in the imperative, for the reference. */
  readonly summary: string
  readonly description?: string
  readonly tags?: readonly string[]

  readonly permission: A
  /** Tenant role at least this high (members only; keys are judged by permission). */
  readonly role?: Role
  /**
   * Entitlement the tenant must have: 403 `feature_not_in_plan` otherwise. Those of the platform (`plans/platform-features.ts`) only
   * where its system sells them.
   */
  readonly feature?: string
  /**
   * Of a public route, what its caller's address pays. Default: each request, of the few that an address has without a credential.
   * `published`: a document that programs fetch again and again, by the second; `refused`: only what is refused, because the
   * request carries a credential of its own.
   */
  readonly addressRate?: 'published' | 'refused'
  /** Metered quota taken before the handler runs: 429 `quota_exceeded` otherwise. */
  readonly quota?: { readonly meter: string; readonly quantity?: number }
  /** Action of the access-log row, committed before the read is answered: `building.read`. The id is `params.id`. */
  readonly logged?: string
  /** An operator route that works inside the tenant its path names (`tenantId`): asks for `Tenantry-Reason` and records it. */
  readonly entersTenant?: boolean
  /** `required` for money and provisioning; any POST accepts a key. `own`: the route has keys of its own (telemetry). */
  readonly idempotency?: 'required' | 'accepted' | 'own'
  /** Answers carry an `ETag` from the body's `version`; writes ask for `If-Match` when `required`. */
  readonly etag?: 'answered' | 'required'
  /** Still reachable while the tenant is suspended: billing, export. */
  readonly whileSuspended?: boolean
  /** Open to an operator who acts as a member to read only, although it is no GET: it ends that. */
  readonly whileReadOnly?: boolean
  /** Largest body in bytes after inflation. Default 1 MiB. */
  readonly bodyLimit?: number

  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Other content types than JSON that the body may have; `rawBody` of the context is then set instead of `body`. */
  readonly rawBody?: RawBody
  /** The route speaks this instead of our own conventions. */
  readonly protocol?: ForeignProtocol
  /** By status. `null`: no body. A string: the content type of a stream. */
  readonly responses: Readonly<Record<number, AnySchema | null | string>>
  /** Codes beyond those that every route of its audience can answer. */
  readonly problems?: readonly string[]

  /**
   * What has to be asked of the network before the handler: of a request with an idempotency key the handler runs in a transaction, and
   * nobody waits for a name server in one. Changes nothing; what it throws is the answer, unless the request was answered before.
   */
  readonly prepare?: (context: RouteContext<A, Params, Query, Body>) => Promise<void>
  readonly handle: (context: RouteContext<A, Params, Query, Body>) => Promise<unknown> | unknown
}

/** What a handler gets. Its answer is the first 2xx response's body, or a `reply(...)` for anything else. */
export type RouteContext<
  A extends Audience,
  Params extends AnySchema | undefined,
  Query extends AnySchema | undefined,
  Body extends AnySchema | undefined,
> = {
  readonly params: Infer<Params>
  readonly query: Infer<Query>
  readonly body: Infer<Body>
  readonly rawBody: AsyncIterable<Uint8Array> | undefined
  readonly request: RequestInfo
  readonly services: Services
} & (A extends 'public'
  ? { readonly principal: Principal; readonly tenant: TenantEntry | undefined }
  : A extends 'person'
    ? {
        readonly principal: PersonPrincipal /** Of the host; undefined on the bare domain. */
        readonly tenant: TenantEntry | undefined
      }
    : A extends 'operator'
      ? {
          readonly principal: OperatorPrincipal /** Set when the route `entersTenant`. */
          readonly scope: TenantScope
          readonly tenant: TenantEntry
        }
      : { readonly principal: TenantPrincipal; readonly tenant: TenantEntry; readonly scope: TenantScope })

export interface RequestInfo {
  readonly id: string
  readonly address: string
  readonly userAgent: string | undefined
  /** Lower-case header names; credentials are left out. */
  readonly headers: Readonly<Record<string, string>>
  /** Of a public route alone, where nobody has judged it: `Basic` of a client that asks for a token. */
  readonly authorization?: string | undefined
  /** Scheme, host and port this request was verified for; links are built from it. */
  readonly origin: string
  readonly contentType: string | undefined
  readonly ifMatch: string | undefined
  /** Fires when the client goes away or the server stops. */
  readonly signal: AbortSignal
}

/**
 * What platform features offer to handlers. Each feature adds its own by declaration merging, in the file that implements it:
 * `declare module '../http/route.ts' { interface Services { readonly keys: KeyService } }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Services {}

/** A declared route whose types are erased, as the server collects them. */
// biome-ignore lint/suspicious/noExplicitAny: the handler's context type is checked where the route is declared
export type Route = RouteDefinition<any, any, any, any>

/**
 * Declares a route. Nothing else registers one.
 *
 * @example
 * export const readBuilding = route({
 *   method: 'GET', path: '/v1/bms/buildings/{id}', operation: 'readBuilding', summary: 'Read a building',
 *   permission: 'bms.buildings:read', params: z.strictObject({ id: Id }), responses: { 200: Building },
 *   handle: ({ scope, params }) => findBuilding(scope, params.id),
 * })
 */
export function route<
  A extends Audience,
  Params extends AnySchema | undefined = undefined,
  Query extends AnySchema | undefined = undefined,
  Body extends AnySchema | undefined = undefined,
>(definition: RouteDefinition<A, Params, Query, Body>): Route {
  return definition
}

/** An answer that says its own status, headers or content: `reply(202, { id })`, `reply(200, rows, { contentType: 'text/csv' })`. */
export class Reply {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string | undefined

  constructor(status: number, body: unknown, options: { headers?: Record<string, string>; contentType?: string } = {}) {
    this.status = status
    this.body = body
    this.headers = options.headers ?? {}
    this.contentType = options.contentType
  }
}

/** A body that is an async iterable of strings or bytes is streamed with back-pressure. */
export function reply(
  status: number,
  body?: unknown,
  options?: { headers?: Record<string, string>; contentType?: string },
): Reply {
  return new Reply(status, body, options)
}
