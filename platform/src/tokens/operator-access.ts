import { randomBytes } from 'node:crypto'
import type { TenantPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { originOf } from './families.ts'
import { endFamily } from './family-queries.ts'
import { createMinter } from './minter.ts'
import { findAccess, insertAccess, listAccess, openAccess, runningAccess } from './operator-access-queries.ts'
import { newPublicId } from './refresh-token.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { AccessToken, Asking, TokenHosts } from './tokens.ts'

/** An operator's time as a member. Times are RFC 3339. */
export interface OperatorAccess {
  readonly id: string
  readonly operatorId: string
  readonly operatorName: string
  readonly memberId: string
  /** Null for one who is no member any more. */
  readonly memberName: string | null
  readonly reason: string
  readonly readOnly: boolean
  readonly createdAt: string
  /** When a browser followed the link; null for one that did not, or a program. */
  readonly openedAt: string | null
  readonly expiresAt: string
  readonly endedAt: string | null
  readonly running: boolean
}

/** The same as operators see it over all tenants. */
export type RunningAccess = Pick<
  OperatorAccess,
  'id' | 'operatorId' | 'operatorName' | 'memberId' | 'readOnly' | 'createdAt' | 'expiresAt'
> & { readonly tenant: { readonly id: string; readonly slug: string; readonly name: string } }

/** What somebody who acts is told of it. */
export type Acting = OperatorAccess & { readonly memberRole: string }

export interface StartedAccess extends AccessToken {
  readonly id: string
  readonly readOnly: boolean
  /** On the tenant's host, for one minute and once; the token is in its fragment, which no server sees. */
  readonly url: string
}

export interface AccessOrder {
  readonly memberId: string
  readonly operator: { readonly id: string; readonly name: string }
  /** In the tenant's audit, and in its list of accesses. */
  readonly reason: string
  /** Whether whatever is no GET is refused. */
  readonly readOnly: boolean
  /** 1 to 60. */
  readonly minutes: number
}

export interface OperatorAccessService {
  /**
   * An access token of a member for an operator, and a link that opens it in a browser. Whatever is done with it names both.
   *
   * @throws not_found
   * @example const { url } = await services.operatorAccess.start(scope, { memberId, operator, reason: 'Ticket 7', readOnly: true, minutes: 30 })
   */
  start(scope: TenantScope, order: AccessOrder): Promise<StartedAccess>
  /** The other end of the link. @throws unauthenticated for one that was followed, is over, or belongs elsewhere */
  open(token: string, tenantId: string, asking: Asking): Promise<AccessToken>
  /** Those of the scope's tenant, the newest first; kept for three months. */
  list(
    scope: TenantScope,
    page: {
      readonly running?: boolean | undefined
      readonly after?: { readonly at: string; readonly id: string } | undefined
      readonly limit: number
    },
  ): Promise<OperatorAccess[]>
  /** What the caller acts as; undefined for everybody who is himself. */
  current(scope: TenantScope, principal: TenantPrincipal): Promise<Acting | undefined>
  /** Out on this node when the promise resolves, on all others within a second. @throws not_found for one that does not run */
  end(scope: TenantScope, id: string, because: 'signed_out' | 'removed'): Promise<OperatorAccess>
  /** Over all tenants, the newest first, 200 at most. */
  running(): Promise<RunningAccess[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly operatorAccess: OperatorAccessService
  }
}

export interface OperatorAccessOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly signingKeys: SigningKeys
  readonly hosts: TokenHosts
}

const mostListed = 200
/** Who opens to a link before it is known whose it is, in the audit's words. */
const doorkeeper = '00000000-0000-7000-8000-616374617300'
const notRunning = () => problems.not_found('There is no such access, or it is over.')

export function createOperatorAccessService(options: OperatorAccessOptions): OperatorAccessService {
  const { scope: open, directory, systems, signingKeys, hosts } = options
  const mint = createMinter({ directory, keys: signingKeys, systems })
  const methods = ['operator']

  return {
    async start(scope, { memberId, operator, reason, readOnly, minutes }) {
      const tenant = await directory.tenantById(scope.context.tenantId)
      const row = await scope.first(sql<{ userId: string }>`select user_id from tenantry.members where id = ${memberId}`)
      const member = tenant && row && (await directory.member(tenant.id, row.userId))
      if (tenant === undefined || member === undefined) throw problems.not_found('There is no such member.')
      const origin = hosts.tenantOrigin(tenant.slug)
      const token = randomBytes(32).toString('base64url')
      const { address = '', userAgent } = scope.context.origin
      const whence = { publicId: newPublicId(), address, userAgent, token, host: new URL(origin).hostname }
      const order = { userId: member.userId, memberId, operator, reason, readOnly, minutes }
      const made = await scope.first(insertAccess({ ...whence, ...order }), { lane: 'write' })
      if (made === undefined) throw new Error('An inserted access answers its id.')
      const session = { kind: 'program', id: made.id } as const
      const acting = { operatorId: operator.id, readOnly, until: made.until }
      const access = await mint(scope, { tenant, member, session, methods, origin, acting })
      return { ...access, id: made.id, readOnly, url: `${origin}/act-as#token=${token}` }
    },

    async open(token, tenantId, asking) {
      const host = new URL(asking.origin).hostname
      const scope = open({ tenantId, actor: { kind: 'system', id: doorkeeper }, origin: originOf(asking) })
      const opened = await scope.first(openAccess(token, host))
      const [tenant, member, operator] = await Promise.all([
        directory.tenantById(tenantId),
        opened && directory.member(tenantId, opened.userId),
        opened && directory.operator(opened.operatorId),
      ])
      if (opened === undefined || tenant === undefined || operator === undefined || member?.id !== opened.memberId) {
        throw problems.unauthenticated('This link was followed already, is over, or leads elsewhere.')
      }
      const session = { kind: 'program', id: opened.id } as const
      const acting = { operatorId: operator.id, readOnly: opened.readOnly, until: opened.until }
      return mint(scope, { tenant, member, session, methods, origin: asking.origin, acting })
    },

    list: (scope, { running, after, limit }) => scope.run(listAccess(scope, running, after, limit)),

    async current(scope, { acting, role = 'viewer' }) {
      const access = acting && (await scope.first(findAccess(acting.accessId)))
      return access && { ...access, memberRole: role }
    },

    async end(scope, id, because) {
      const access = await scope.first(findAccess(id), { lane: 'write' })
      if (access?.running !== true) throw notRunning()
      await scope.run(endFamily(id, because))
      await directory.catchUp()
      return (await scope.first(findAccess(id), { lane: 'write' })) ?? access
    },

    running: () => runningAccess(directory.pool, mostListed),
  }
}
