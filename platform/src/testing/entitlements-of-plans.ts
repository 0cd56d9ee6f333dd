import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Entitlements } from '../plans/entitlement.ts'
import { createTenantry } from '../server/create-tenantry.ts'
import { defineSystem, type SystemDefinition } from '../system.ts'
import { testDatabase } from './test-database.ts'

const maintainer = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000d' } as const

/**
 * What a tenant of each plan reads from `GET /v1/entitlements`, by the plan's key: from a listening server on a database of its own.
 * For the test that a price list gives what it promises, also before there is anything else of the system.
 *
 * @example
 * const { starter } = await entitlementsOfPlans({ name: 'iiot', tiers: plans })
 * expect(starter?.limits).toContainEqual({ name: 'devices', max: 10, kind: 'counted', mode: 'hard', period: null })
 */
export async function entitlementsOfPlans(
  offer: Pick<SystemDefinition, 'name' | 'tiers' | 'addOns'>,
): Promise<Readonly<Record<string, Entitlements>>> {
  await using cleanUp = new AsyncDisposableStack()
  const noTables = await mkdtemp(join(tmpdir(), 'tenantry-plans-'))
  cleanUp.defer(() => rm(noTables, { recursive: true }))
  const system = defineSystem({
    ...offer,
    title: offer.name,
    migrations: pathToFileURL(`${noTables}/`),
    permissions: {},
    roles: {},
  })
  const database = await testDatabase()
  cleanUp.defer(() => database.drop())
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [system],
    configuration: { logLevel: 'silent' },
  })
  cleanUp.defer(() => tenantry.close())
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })

  const { tenants, keys } = tenantry.services
  const read = async (tier: string): Promise<Entitlements> => {
    const slug = `t${randomBytes(8).toString('hex')}`
    const { id } = await tenants.provision({ slug, name: slug, system: system.name, tier }, { actor: maintainer })
    const entry = await tenantry.directory.tenantById(id)
    if (entry === undefined) throw new Error('the directory does not know the new tenant')
    const scope = tenantry.scope({ tenantId: id, actor: maintainer })
    const { credential } = await keys.create(scope, { name: 'test', permissions: ['tenant:read'] }, keys.everythingIn(entry))
    const headers = { authorization: `Bearer ${credential}` }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/entitlements`, { headers })
    if (answer.status !== 200) throw new Error(`a tenant of ${tier} was answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Entitlements
  }
  const told = Object.keys(system.tiers).map(async (tier) => [tier, await read(tier)] as const)
  return Object.fromEntries(await Promise.all(told))
}
