import { randomBytes, randomInt } from 'node:crypto'
import { permissionsOfRole } from '../access/platform-permissions.ts'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import type { Holder, Side } from '../isolation/attack/world.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition, TierDefinition } from '../system.ts'

/** Who makes the attack's tenants, in the audit's words. */
export const attackerActor = { kind: 'system', id: '00000000-0000-7000-8000-61747461636b' } as const

/** Of the addresses of operators that the attack makes; nobody can be reached there. */
export const attackDomain = '@attack.invalid'

export interface TenantMaker {
  readonly services: Services
  readonly directory: Directory
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly system: SystemDefinition
  readonly hostOf: (slug: string) => string
}

/** A synthetic tenant with no limits, in the tier that may do most, with a key that may do everything and one that may do least. */
export async function makeSide(maker: TenantMaker, name: Side['name']): Promise<Side> {
  const { services, system } = maker
  const slug = newSlug()
  const canary = `c${randomBytes(7).toString('hex')}`
  const tier = widestTier(system)
  const tenant = await services.tenants.provision(
    { slug, name: `${canary} of the attack`, system: system.name, ...(tier === undefined ? {} : { tier }) },
    { actor: attackerActor },
  )
  const scope = scopeOf(maker, tenant.id)
  for (const limit of await services.limits.list(scope)) await services.limits.set(scope, limit.name, null)
  const key = async (named: string, permissions: ReadonlySet<string>): Promise<Holder> => {
    const credential = await makeKey(maker, tenant.id, { name: canary, permissions: [...permissions] })
    return { name: named, kind: 'key', permissions, credential }
  }
  const owner = await key("owner's key", new Set(await everything(maker, tenant.id)))
  const least = await key("viewer's key", permissionsOfRole(system, 'viewer'))
  return {
    name,
    tenantId: tenant.id,
    host: maker.hostOf(slug),
    canary,
    number: randomInt(10 ** 12, 10 ** 12 + 2 ** 47),
    owner: String(owner.credential),
    holders: [owner, least],
  }
}

/**
 * A tenant above the sides, whose brand they inherit: siblings see what it published, and nothing of each other. It bears the canary of
 * the last side, so that it goes after all that are below it.
 */
export async function makeParent({ services, system }: TenantMaker, below: readonly Side[]): Promise<void> {
  const slug = newSlug()
  const doer = { actor: attackerActor }
  const name = `${below.at(-1)?.canary} above the others`
  const brand = { displayName: 'Above the others', footer: 'From above' }
  await services.tenants.provision({ slug, name, system: system.name, brand }, doer)
  for (const { tenantId } of below) await services.tenants.updateAsOperator(tenantId, { parent: slug }, undefined, doer)
}

/** Letters that nothing looks like, so that no slug of the attack is refused for resembling another. */
export function newSlug(): string {
  return `attack-${[...randomBytes(16)].map((byte) => 'abdfhkmprtxyz'[byte % 13]).join('')}`
}

export function scopeOf({ scope }: TenantMaker, tenantId: string): TenantScope {
  return scope({ tenantId, actor: attackerActor })
}

type NewKey = Parameters<Services['keys']['create']>[1]

export async function makeKey(maker: TenantMaker, tenantId: string, key: NewKey): Promise<string> {
  return (await makeKeyWithId(maker, tenantId, key)).credential
}

export async function makeKeyWithId(
  maker: TenantMaker,
  tenantId: string,
  key: NewKey,
): Promise<{ id: string; credential: string }> {
  const tenant = await maker.directory.tenantById(tenantId)
  if (tenant === undefined) throw new Error('The directory does not know a tenant that was just made.')
  const { keys } = maker.services
  const { key: made, credential } = await keys.create(scopeOf(maker, tenantId), key, keys.everythingIn(tenant))
  return { id: made.id, credential }
}

export async function everything({ services, directory }: TenantMaker, tenantId: string): Promise<string[]> {
  const tenant = await directory.tenantById(tenantId)
  return tenant === undefined ? [] : [...services.keys.everythingIn(tenant).permissions]
}

function widestTier({ tiers }: SystemDefinition): string | undefined {
  const width = ({ features, limits }: TierDefinition) =>
    features.length * 100 + Object.values(limits).filter((max) => max === null).length
  return Object.entries(tiers).sort(([, a], [, b]) => width(b) - width(a))[0]?.[0]
}
