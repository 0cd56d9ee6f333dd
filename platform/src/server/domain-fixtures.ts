import type { Ask, Fixture, Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** Nothing is below `.invalid`, so no name server is asked and nobody is served there. */
const hostOf = ({ canary, unique }: Ground) => `${canary}.${unique()}.invalid`.toLowerCase()

/** Undefined where no plan of the system knows of domains. */
async function makeDomain(ground: Ground): Promise<string | undefined> {
  const path = `/v1/tenants/${ground.tenantId}/overrides/feature/custom_domain`
  const isKnown = await ground
    .asOperator({ method: 'PUT', path, body: { value: true, reason: ground.canary } })
    .catch(() => undefined)
  if (isKnown === undefined) return undefined
  return (await ground.send({ method: 'POST', path: '/v1/domains', body: { host: hostOf(ground) } })).body.id
}

const ofDomain =
  (ask: (id: string, ground: Ground) => Ask): Fixture =>
  async (ground) => {
    const id = await makeDomain(ground)
    if (id !== undefined) return { params: { id }, ...ask(id, ground) }
    const never = { params: { id: crypto.randomUUID() }, ...ask(crypto.randomUUID(), ground) }
    return { ...never, impossible: 'no plan of this system has domains of its own' }
  }

/** The attack's fixtures for domains and what tells a tenant apart: the canary is in the names. */
export const domainFixtures: Fixtures = {
  claimDomain: ofDomain((_id, ground) => ({ params: {}, body: { host: hostOf(ground) } })),
  listDomains: ofDomain(() => ({ params: {} })),
  readDomain: ofDomain(() => ({})),
  checkDomain: ofDomain((id) => ({ look: { path: `/v1/domains/${id}` } })),
  setPrimaryDomain: ofDomain((id) => ({
    body: { primary: true },
    look: { path: `/v1/domains/${id}` },
    impossible: 'only a domain that DNS proves can be primary',
  })),
  releaseDomain: ofDomain((id) => ({ look: { path: `/v1/domains/${id}` } })),

  readDifferences: async (ground) => {
    await makeRole(ground)
    return {}
  },
  readTenantDifferences: async (ground) => {
    await makeRole(ground)
    return { params: { tenantId: ground.tenantId } }
  },
}

async function makeRole({ canary, unique, send }: Ground): Promise<void> {
  await send({ method: 'POST', path: '/v1/roles', body: { name: `${canary} ${unique()}`, permissions: ['tenant:read'] } })
}
