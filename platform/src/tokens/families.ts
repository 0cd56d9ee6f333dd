import type { Directory } from '../directory/directory.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import {
  endFamiliesOf,
  endFamily,
  endReplayed,
  type Family,
  familyLife,
  findFamily,
  insertFamily,
  rotate,
  stateOfFamily,
  tenantOfFamily,
  tenantsWithFamilies,
} from './family-queries.ts'
import { spoilHandOffs } from './hand-off-queries.ts'
import { type Belonging, isOpen } from './memberships.ts'
import type { Mint } from './minter.ts'
import { isRefreshToken, newPublicId, parseRefreshToken, writeRefreshToken } from './refresh-token.ts'
import type { Asking, EndReason, ProgramTokens, ProvedPerson } from './tokens.ts'

/** Who ends what nobody of the tenant ends, in the audit's words. */
const clerk = { kind: 'system', id: '00000000-0000-7000-8000-746f6b656e73' } as const

/** A family and whose it is. */
type OwnedFamily = Pick<Family, 'id' | 'tenantId' | 'userId'>
type Whose = Pick<Family, 'tenantId' | 'userId'>

export interface FamilyOptions {
  readonly directory: Directory
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly secrets: SecretBox
  readonly mint: Mint
}

/** Sign-ins of programs. Every step is a statement in the family's own tenant, which its public id leads to. */
export function createFamilies({ directory, scope, secrets, mint }: FamilyOptions) {
  const inside = ({ tenant, member }: Belonging, asking: Asking) =>
    scope({ tenantId: tenant.id, actor: { kind: 'member', id: member.id }, origin: originOf(asking) })

  /** The family that a text is a refresh token of, at a host where it counts. */
  async function familyOf(text: string, hostTenantId: string | undefined) {
    const token = parseRefreshToken(text)
    const family = token && (await findFamily(directory.pool, token.publicId))
    if (token === undefined || family === undefined || !isRefreshToken(secrets, family.id, token)) return undefined
    return hostTenantId === undefined || hostTenantId === family.tenantId ? { family, generation: token.generation } : undefined
  }

  /** How the person signed in, once it is certain that the next generation is his. */
  async function nextGeneration(own: TenantScope, id: string, generation: number): Promise<readonly string[] | undefined> {
    const rotated = await own.first(rotate(id, generation))
    if (rotated !== undefined) return rotated.methods
    const state = await own.first(stateOfFamily(id), { lane: 'write' })
    if (state === undefined || state.generation <= generation) return undefined
    if (state.generation === generation + 1 && state.justRotated) return state.methods
    await own.run(endReplayed(id), { lane: 'write' })
    await directory.catchUp()
    return undefined
  }

  /** Its own person signs out. */
  async function end(family: OwnedFamily, asking: Asking): Promise<void> {
    const own = await inHisName(family, asking)
    await own.run(endFamily(family.id, 'signed_out'))
    await directory.catchUp()
  }

  /** As the member that he is there; nobody of the tenant, if he is none any more. */
  async function inHisName(whose: Whose, asking: Asking): Promise<TenantScope> {
    const belonging = await belongingOf(whose)
    return belonging ? inside(belonging, asking) : scope({ tenantId: whose.tenantId, actor: clerk, origin: originOf(asking) })
  }

  /** Where he belongs, and where programs of his are left. */
  async function tenantsOf(userId: string): Promise<ReadonlySet<string>> {
    const memberships = await directory.membershipsOf(userId)
    return new Set([...memberships.map(({ tenant }) => tenant.id), ...(await tenantsWithFamilies(directory.pool, userId))])
  }

  async function belongingOf({ tenantId, userId }: Whose): Promise<Belonging | undefined> {
    const [tenant, member] = await Promise.all([directory.tenantById(tenantId), directory.member(tenantId, userId)])
    return tenant !== undefined && member !== undefined && isOpen(tenant) ? { tenant, member } : undefined
  }

  return {
    async start(person: ProvedPerson, belonging: Belonging, asking: Asking): Promise<ProgramTokens> {
      const own = inside(belonging, asking)
      const publicId = newPublicId()
      const { address, userAgent } = asking
      const family = { publicId, userId: person.id, methods: person.methods, address, userAgent, minutes: familyLife.idle }
      const [made] = await own.run(insertFamily(family))
      if (made === undefined) throw new Error('An inserted family answers its id.')
      const session = { kind: 'program', id: made.id } as const
      const access = await mint(own, { ...belonging, session, methods: person.methods, origin: asking.origin })
      return { ...access, refreshToken: writeRefreshToken(secrets, { id: made.id, publicId }, 1) }
    },

    /** @throws unauthenticated */
    async refresh(text: string, hostTenantId: string | undefined, asking: Asking): Promise<ProgramTokens> {
      const found = await familyOf(text, hostTenantId)
      const belonging = found && (await belongingOf(found.family))
      if (found === undefined || belonging === undefined) throw refused()
      const own = inside(belonging, asking)
      const { family, generation } = found
      const methods = await nextGeneration(own, family.id, generation)
      if (methods === undefined) throw refused()
      const session = { kind: 'program', id: family.id } as const
      const access = await mint(own, { ...belonging, session, methods, origin: asking.origin })
      return { ...access, refreshToken: writeRefreshToken(secrets, family, generation + 1) }
    },

    /** Whether the text is the present refresh token of the family: what a stolen access token does not come with. */
    async isCurrent(text: string, familyId: string, asking: Asking): Promise<boolean> {
      const found = await familyOf(text, undefined)
      const belonging = found && (await belongingOf(found.family))
      if (belonging === undefined || found?.family.id !== familyId) return false
      const state = await inside(belonging, asking).first(stateOfFamily(familyId), { lane: 'write' })
      return state?.generation === found.generation
    },

    async revoke(text: string, hostTenantId: string | undefined, asking: Asking): Promise<void> {
      const found = await familyOf(text, hostTenantId)
      if (found !== undefined) await end(found.family, asking)
    },

    end,

    /** One that the person owns, wherever it is; whether there was one. */
    async endOwn(userId: string, id: string, asking: Asking): Promise<boolean> {
      const tenantId = await tenantOfFamily(directory.pool, userId, id)
      if (tenantId === undefined) return false
      await end({ id, tenantId, userId }, asking)
      return true
    },

    /** A hand-off on its way would begin a new session. */
    async endOthers(userId: string, except: string, asking: Asking): Promise<void> {
      for (const tenantId of await tenantsOf(userId)) {
        const own = await inHisName({ tenantId, userId }, asking)
        await own.batch([endFamiliesOf(userId, 'signed_out', except), spoilHandOffs(userId)])
      }
      await directory.catchUp()
    },

    async endIn(own: TenantScope, userId: string, because: EndReason): Promise<void> {
      await own.batch([endFamiliesOf(userId, because), spoilHandOffs(userId)])
      await directory.catchUp()
    },

    async endEverywhere(userId: string, because: EndReason): Promise<void> {
      for (const tenantId of await tenantsOf(userId)) {
        await scope({ tenantId, actor: clerk }).batch([endFamiliesOf(userId, because), spoilHandOffs(userId)])
      }
      await directory.catchUp()
    },
  }
}

/** The same for everything that is no live refresh token at the right host. */
function refused() {
  return problems.unauthenticated('This refresh token does not count. Sign in again.')
}

export function originOf({ id, address, userAgent }: Asking) {
  return { requestId: id, address, ...(userAgent === undefined ? {} : { userAgent }) }
}
