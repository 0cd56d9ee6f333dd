import type { Ask, Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'
import { newSlug } from './attack-tenants.ts'

/** The attack's fixtures for plans, in a tenant of the system. */
export function planFixtures(system: string): Fixtures {
  return { ...ownFixtures, ...offerFixtures(system), ...operatorFixtures(system) }
}

/** A limit that every tenant has, so that a number of the tenant's own can be seen in it. */
const limit = 'users'

const agreed =
  (params: Ask['params'] = {}): Fixture =>
  async ({ tenantId, number, canary, asOperator }) => {
    const path = `/v1/tenants/${tenantId}/overrides/limit/${limit}`
    await asOperator({ method: 'PUT', path, body: { value: number, reason: canary } })
    return { params, shows: String(number) }
  }

async function offered({ send }: Ground): Promise<{ plan: string; largest: string; addOn: string | undefined }> {
  const { body } = await send({ method: 'GET', path: '/v1/plans' })
  return { plan: body.plans[0].key, largest: body.plans.at(-1).key, addOn: body.addOns[0]?.key }
}

const ownFixtures: Fixtures = {
  listPlans: () => ({ shows: '"plans"' }),
  previewPlan: async (ground) => ({ params: { key: (await offered(ground)).plan }, shows: '"gained"' }),
  readEntitlements: agreed(),
  explainEntitlement: agreed({ name: limit }),
}

/** What is published stays published, so the attack publishes nothing. */
const impossible = 'what is published is never taken back'

function offerFixtures(system: string): Fixtures {
  const content = ({ canary }: Ground) => ({ title: canary, features: [], limits: {}, prices: { currency: 'XTS' } })
  return {
    listPlanVersions: () => ({ params: { system }, shows: '"publishedAt"' }),
    publishPlan: (ground) => ({ params: { system, key: 'attack' }, body: content(ground), impossible }),
    publishAddOn: (ground) => ({ params: { system, key: 'attack' }, body: content(ground), impossible }),
  }
}

/** Each on a tenant of its own: another plan would change what the other fixtures meet. */
function operatorFixtures(system: string): Fixtures {
  const fresh = async ({ canary, asOperator }: Ground): Promise<string> => {
    const body = { slug: newSlug(), name: `${canary} of an operator`, system }
    return (await asOperator({ method: 'POST', path: '/v1/tenants', body })).body.id
  }
  const overridden = async (ground: Ground): Promise<string> => {
    const tenantId = await fresh(ground)
    const path = `/v1/tenants/${tenantId}/overrides/limit/${limit}`
    await ground.asOperator({ method: 'PUT', path, body: { value: ground.number, reason: ground.canary } })
    return tenantId
  }
  const ofAddOn =
    (ask: (tenantId: string, ground: Ground, key: string) => Promise<Ask> | Ask): Fixture =>
    async (ground) => {
      const [tenantId, { addOn = 'none' }] = [await fresh(ground), await offered(ground)]
      const look = { path: `/v1/tenants/${tenantId}/entitlements`, as: 'operator' } as const
      const params = { tenantId, key: addOn }
      if (addOn === 'none') return { params, body: {}, look, shows: '"addOns"', impossible: 'the system has no add-ons' }
      return { params, look, shows: '"addOns"', ...(await ask(tenantId, ground, addOn)) }
    }
  const looked = (tenantId: string) => ({ path: `/v1/tenants/${tenantId}/overrides`, as: 'operator' }) as const
  return {
    assignPlan: async (ground) => {
      const [tenantId, { plan, largest }] = [await fresh(ground), await offered(ground)]
      const look = { path: `/v1/tenants/${tenantId}`, as: 'operator' } as const
      const only = plan === largest ? { impossible: 'the system has one plan, which every tenant has' } : {}
      return { params: { tenantId }, body: { plan: largest }, look, shows: `"tier":"${largest}"`, ...only }
    },
    previewTenantPlan: async (ground) => {
      const [tenantId, { plan }] = [await fresh(ground), await offered(ground)]
      return { params: { tenantId, key: plan }, shows: '"gained"' }
    },
    readTenantEntitlements: async (ground) => ({ params: { tenantId: await overridden(ground) }, shows: String(ground.number) }),
    listOverrides: async (ground) => ({ params: { tenantId: await overridden(ground) } }),
    putOverride: async (ground) => {
      const tenantId = await fresh(ground)
      const body = { value: ground.number, reason: ground.canary }
      return { params: { tenantId, kind: 'limit', name: limit }, body, look: looked(tenantId) }
    },
    deleteOverride: async (ground) => {
      const tenantId = await overridden(ground)
      return { params: { tenantId, kind: 'limit', name: limit }, look: looked(tenantId), shows: '"items":[]' }
    },
    giveAddOn: ofAddOn(() => ({ body: {} })),
    endAddOn: ofAddOn(async (tenantId, { asOperator }, key) => {
      await asOperator({ method: 'PUT', path: `/v1/tenants/${tenantId}/add-ons/${key}`, body: {} })
      return {}
    }),
  }
}
