import type { Fixtures, Ground } from '../isolation/attack/fixture.ts'
import { newSlug } from './attack-tenants.ts'

interface AttackedKey {
  readonly id: string
  readonly publicId: string
  readonly credential: string
}

async function makeKey({ canary, send }: Ground): Promise<AttackedKey> {
  const { body } = await send({ method: 'POST', path: '/v1/keys', body: { name: canary, permissions: ['tenant:read'] } })
  return body
}

/** Has the address that the attack comes from. */
const home = '127.0.0.0/8'

/** A network that is on no other tenant's list; the same for all who ask at one time about this one. */
function networkOf({ number }: Ground): string {
  // No group begins with a zero, so that the text is the canonical one.
  const [high, low] = [number % 0xefff, Math.floor(number / 0xefff) % 0xefff].map((part) => (0x1000 + part).toString(16))
  return `2001:db8:${high}:${low}::/64`
}

/** Among others the address that the attack comes from. */
const listOf = (ground: Ground) => ({ ranges: [home, networkOf(ground)] })

/** Of a tenant made for it alone: what an operator sets, another one would set anew at the same moment. */
async function freshTenant({ canary, asOperator }: Ground, system: string): Promise<string> {
  const body = { slug: newSlug(), name: `${canary} of an operator`, system }
  return (await asOperator({ method: 'POST', path: '/v1/tenants', body })).body.id
}

/** The attack's fixtures for what a key is bound to, and for where a tenant may be worked with from. */
export function keyFixtures(system: string): Fixtures {
  return {
    createKey: async (ground) => {
      const granted = await ground.grantable()
      const body = { name: ground.canary, permissions: ['tenant:read'], reach: 'granted' }
      return granted === undefined ? { body } : { body: { ...body, grants: [granted] }, grants: [granted] }
    },
    listKeys: async (ground) => {
      await makeKey(ground)
      return {}
    },
    readKey: async (ground) => ({ params: { id: (await makeKey(ground)).id } }),
    changeKey: async (ground) => {
      const { id } = await makeKey(ground)
      const body = { name: `${ground.canary} changed`, requestsPerHour: 7, allowedAddresses: [home] }
      return { params: { id }, body, look: { path: `/v1/keys/${id}` }, limited: 'refused' }
    },
    rotateKey: async (ground) => {
      const { id } = await makeKey(ground)
      return { params: { id }, body: { overlap: 60 }, look: { path: `/v1/keys/${id}` }, limited: 'refused' }
    },
    revokeKey: async (ground) => {
      const { id } = await makeKey(ground)
      return { params: { id }, look: { path: `/v1/keys/${id}` } }
    },
    revokeTenantKey: async (ground) => {
      const { id } = await makeKey(ground)
      return { params: { tenantId: ground.tenantId, id }, look: { path: `/v1/keys/${id}` } }
    },
    readAllowedAddresses: async (ground) => {
      await ground.send({ method: 'PUT', path: '/v1/allowed-addresses', body: listOf(ground) })
      return { shows: networkOf(ground) }
    },
    setAllowedAddresses: (ground) => ({ body: listOf(ground), shows: networkOf(ground) }),
    readTenantAddresses: async (ground) => {
      const tenantId = await freshTenant(ground, system)
      await ground.asOperator({ method: 'PUT', path: `/v1/tenants/${tenantId}/allowed-addresses`, body: listOf(ground) })
      return { params: { tenantId }, shows: networkOf(ground) }
    },
    setTenantAddresses: async (ground) => {
      const tenantId = await freshTenant(ground, system)
      const look = { path: `/v1/tenants/${tenantId}/allowed-addresses`, as: 'operator' } as const
      return { params: { tenantId }, body: listOf(ground), look, shows: networkOf(ground) }
    },
    listTopConsumers: async ({ tenantId, send }) => {
      await send({ method: 'GET', path: '/v1/tenants/current' })
      return { query: { limit: '100' }, shows: tenantId }
    },
    exchangeKey: async (ground) => {
      const { publicId, credential } = await makeKey(ground)
      const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: publicId, client_secret: credential })
      return { raw: { contentType: 'application/x-www-form-urlencoded', text: form.toString() }, shows: '"access_token"' }
    },
  }
}
