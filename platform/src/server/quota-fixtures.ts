import type { Ask, Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'
import { newSlug } from './attack-tenants.ts'

/** The attack's fixtures for quotas, in a tenant of the system. */
export function quotaFixtures(system: string): Fixtures {
  return { ...ownFixtures, ...growthFixtures(system) }
}

/** A metered limit of the tenant, raised to its number; undefined where the system has none. */
async function meterOf({ tenantId, number, send, asOperator }: Ground): Promise<string | undefined> {
  const { body } = await send({ method: 'GET', path: '/v1/quotas' })
  const quotas = body.items as readonly { meter: string; kind: string }[]
  const metered = quotas.filter(({ kind }) => kind === 'metered').map((each) => each.meter)
  // Every request takes from that one, which is as good where there is no other.
  const meter = metered.find((each) => each !== 'api_calls') ?? metered[0]
  if (meter !== undefined) {
    await asOperator({ method: 'PUT', path: `/v1/tenants/${tenantId}/limits/${meter}`, body: { max: number } })
  }
  return meter
}

const ofMeter =
  (ask: (ground: Ground, meter: string) => Promise<Ask> | Ask): Fixture =>
  async (ground) => {
    const meter = await meterOf(ground)
    const asked = { params: { meter: meter ?? 'nothing' }, ...(await ask(ground, meter ?? 'nothing')) }
    return meter === undefined ? { ...asked, impossible: 'the system meters nothing' } : asked
  }

const keyOf = ({ canary, unique }: Ground) => `${canary} ${unique()}`

const ofHold = (body: object): Fixture =>
  ofMeter(async (ground, meter) => {
    const key = keyOf(ground)
    await ground.send({ method: 'POST', path: `/v1/quotas/${meter}/reserve`, body: { key, quantity: 1 } }).catch(() => undefined)
    return { body: { key, ...body } }
  })

const ownFixtures: Fixtures = {
  listQuotas: async (ground) => ({
    shows: (await meterOf(ground)) === undefined ? '"items":' : String(ground.number),
  }),
  checkQuota: ofMeter(({ number }) => ({ shows: String(number) })),
  consumeQuota: ofMeter((ground) => ({ body: { key: keyOf(ground), quantity: 1 } })),
  reserveQuota: ofMeter((ground) => ({ body: { key: keyOf(ground), quantity: 1 } })),
  commitQuota: ofHold({ quantity: 1 }),
  releaseQuota: ofHold({}),
}

/** Each on a tenant of its own, which the other fixtures do not meet. */
function growthFixtures(system: string): Fixtures {
  const fresh = async ({ canary, asOperator }: Ground) => {
    const body = { slug: newSlug(), name: `${canary} of an operator`, system }
    return (await asOperator({ method: 'POST', path: '/v1/tenants', body })).body.id as string
  }
  const growing =
    (grows: boolean): Fixture =>
    async (ground) => {
      const tenantId = await fresh(ground)
      const { body: quotas } = await ground.send({ method: 'GET', path: '/v1/quotas' })
      const meter = (quotas.items[0]?.meter as string | undefined) ?? 'nothing'
      const path = `/v1/tenants/${tenantId}/quotas/${meter}/growth`
      const body = { step: 1, ceiling: 1_000_000 }
      const none = meter === 'nothing' ? { impossible: 'the system has no limits' } : {}
      const look = { path: `/v1/tenants/${tenantId}/quotas`, as: 'operator' } as const
      if (grows) return { params: { tenantId, meter }, body, shows: '"ceiling":1000000', look, ...none }
      if (meter !== 'nothing') await ground.asOperator({ method: 'PUT', path, body })
      return { params: { tenantId, meter }, look, shows: '"growth":null', ...none }
    }
  return {
    listTenantQuotas: async (ground) => ({ params: { tenantId: await fresh(ground) }, shows: '"items":' }),
    setQuotaGrowth: growing(true),
    stopQuotaGrowth: growing(false),
    anchorQuotaPeriods: async (ground) => {
      const anchor = '2026-01-15T00:00:00'
      return { params: { tenantId: await fresh(ground) }, body: { anchor }, shows: anchor }
    },
  }
}
