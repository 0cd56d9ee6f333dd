import type { PersonPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { MemberEntry } from '../directory/people-entries.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition } from '../system.ts'
import { type AccessClaims, accessTokenType, signToken } from './access-token.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { AccessToken } from './tokens.ts'

/** Minutes, where the tenant's system says nothing else. */
export const usualMinutes = 15
/** Objects that a token names: a header has to carry it. */
const mostGrants = 50

export interface MinterOptions {
  readonly directory: Directory
  readonly keys: SigningKeys
  readonly systems: readonly SystemDefinition[]
}

export interface Minting {
  readonly tenant: TenantEntry
  readonly member: MemberEntry
  readonly session: PersonPrincipal['session']
  readonly methods: readonly string[]
  readonly origin: string
  /** Who acts as the member, and until when, in milliseconds. */
  readonly acting?: { readonly operatorId: string; readonly readOnly: boolean; readonly until: number }
}

export type Mint = (scope: TenantScope, minting: Minting) => Promise<AccessToken>

/** Writes access tokens. Whether somebody may have one was asked before. */
export function createMinter({ directory, keys, systems }: MinterOptions): Mint {
  return async (scope, { tenant, member, session, methods, origin, acting }) => {
    const now = directory.clock()
    const ofSystem = systems.find(({ name }) => name === tenant.system)?.tokenMinutes ?? usualMinutes
    const exp = acting === undefined ? Math.floor(now / 1_000) + ofSystem * 60 : Math.floor(acting.until / 1_000)
    const claims: AccessClaims = {
      iss: origin,
      sub: member.userId,
      tid: tenant.id,
      sid: session.id,
      sk: session.kind,
      mid: member.id,
      role: member.role,
      reach: member.reach,
      ...(member.reach === 'granted' ? await grantsOf(scope, member.id) : {}),
      amr: [...methods],
      ...(acting === undefined ? {} : { act: { sub: acting.operatorId, ...(acting.readOnly ? { ro: true } : {}) } }),
      exp,
    }
    return {
      accessToken: await signToken(keys, accessTokenType, claims, now),
      expiresAt: new Date(exp * 1_000).toISOString(),
      tenant: { id: tenant.id, name: tenant.name, slug: tenant.slug },
      role: member.role,
    }
  }
}

async function grantsOf(scope: TenantScope, memberId: string): Promise<{ readonly grants?: string[] }> {
  const rows = await scope.run(sql<{ objectId: string }>`select object_id from tenantry.grants
    where actor_id = ${memberId} order by object_id limit ${mostGrants + 1}`)
  return rows.length > mostGrants ? {} : { grants: rows.map(({ objectId }) => objectId) }
}
