import { randomBytes } from 'node:crypto'
import type { Ask, Fixture, Fixtures, Ground, Look } from '../isolation/attack/fixture.ts'
import { attackDomain, newSlug } from './attack-tenants.ts'
import { billingFixtures } from './billing-fixtures.ts'
import { brandFixtures } from './brand-fixtures.ts'
import { bulkFixtures } from './bulk-fixtures.ts'
import { domainFixtures } from './domain-fixtures.ts'
import { healthFixtures } from './health-fixtures.ts'
import { identityFixtures } from './identity-fixtures.ts'
import { keyFixtures } from './key-fixtures.ts'
import { memberFixtures } from './member-fixtures.ts'
import { notificationFixtures } from './notification-fixtures.ts'
import { operationFixtures } from './operation-fixtures.ts'
import { planFixtures } from './plan-fixtures.ts'
import { quotaFixtures } from './quota-fixtures.ts'
import { settingsFixtures } from './settings-fixtures.ts'
import { tokenFixtures } from './token-fixtures.ts'
import { usageFixtures } from './usage-fixtures.ts'

/** The attack's fixtures for the platform's own routes, in a tenant of the system. */
export function platformFixtures(system: string): Fixtures {
  return {
    ...tenantFixtures,
    ...keyFixtures(system),
    ...identityFixtures,
    ...memberFixtures,
    ...logFixtures,
    ...webhookFixtures,
    ...domainFixtures,
    ...brandFixtures,
    ...healthFixtures,
    ...usageFixtures,
    ...quotaFixtures(system),
    ...operatorFixtures,
    ...operationFixtures,
    ...settingsFixtures,
    ...notificationFixtures,
    ...tokenFixtures,
    ...lifecycleFixtures(system),
    ...planFixtures(system),
    ...billingFixtures(system),
    ...bulkFixtures,
  }
}

const tenantFixtures: Fixtures = {
  readCurrentTenant: () => ({}),
  // Declarations in code: no text of a tenant's is in them.
  listViews: () => ({ shows: '"items"' }),
  updateCurrentTenant: async ({ canary, unique, send }) => {
    const { headers } = await send({ method: 'GET', path: '/v1/tenants/current' })
    return { body: { name: `${canary} ${unique()}`, brand: { footer: canary } }, headers: { 'if-match': headers.etag ?? '' } }
  },
  listLimits: async ({ tenantId, number, send, asOperator }) => {
    const { body } = await send({ method: 'GET', path: '/v1/limits' })
    const name = body.items[0]?.name as string | undefined
    // A system without limits has nothing of the tenant's own to show here.
    if (name === undefined) return { shows: '"items":[]' }
    await asOperator({ method: 'PUT', path: `/v1/tenants/${tenantId}/limits/${name}`, body: { max: number } })
    return { shows: String(number) }
  },
}

/** The logs are about the whole tenant, so a limited key may not read them. */
const logFixtures: Fixtures = {
  listAuditEntries: async (ground) => {
    const { body } = await ground.send({ method: 'GET', path: '/v1/tenants/current' })
    const headers = { 'if-match': `"v${body.version}"` }
    const change = { name: `${ground.canary} ${ground.unique()}` }
    // Somebody else may change it at this moment; his change is an entry with the canary too.
    await ground.send({ method: 'PATCH', path: '/v1/tenants/current', body: change, headers }).catch(() => undefined)
    return { query: { objectId: ground.tenantId }, limited: 'refused' }
  },
  listAccessEntries: async (ground) => {
    const { body } = await ground.send({ method: 'GET', path: '/v1/limits' })
    const [limit] = body.items as { name: string; max: number | null }[]
    const path = `/v1/tenants/${ground.tenantId}`
    // An operator who enters is logged with what his browser says of itself, and that is the only text in this log.
    const headers = { 'user-agent': ground.canary }
    if (limit === undefined) await ground.asOperator({ method: 'POST', path: `${path}/keys`, body: someKey(ground), headers })
    else await ground.asOperator({ method: 'PUT', path: `${path}/limits/${limit.name}`, body: { max: ground.number }, headers })
    return { query: { objectId: ground.tenantId }, limited: 'refused' }
  },
  // Seals hold no text of the tenant's but its id, and there may be none yet.
  listAuditCheckpoints: () => ({ shows: '"items"', limited: 'refused' }),
  exportAuditProof: async (ground) => {
    const hasMasterKey = (await makeWebhook(ground)) !== undefined
    return { limited: 'refused', ...(hasMasterKey ? {} : { impossible: 'there is no master key' }) }
  },
  readAuditKeys: () => ({ shows: '"keys"' }),
}

function someKey({ canary }: Ground) {
  return { name: canary, permissions: ['tenant:read'] }
}

async function makeOperator({ canary, unique, asOperator }: Ground): Promise<string> {
  const { body } = await asOperator({ method: 'POST', path: '/v1/operators', body: { email: emailOf(unique()), name: canary } })
  return body.id
}

const emailOf = (name: string) => `${name}${attackDomain}`

async function makeOperatorKey(ground: Ground): Promise<{ id: string; keyId: string }> {
  const id = await makeOperator(ground)
  const { body } = await ground.asOperator({ method: 'POST', path: `/v1/operators/${id}/keys`, body: { days: 1 } })
  return { id, keyId: body.id }
}

const operatorFixtures: Fixtures = {
  createOperator: ({ canary, unique }) => ({ body: { email: emailOf(unique()), name: canary } }),
  listOperators: async (ground) => {
    await makeOperator(ground)
    return {}
  },
  disableOperator: async (ground) => ({ params: { id: await makeOperator(ground) } }),
  createOperatorKey: async (ground) => ({
    params: { id: await makeOperator(ground) },
    body: { days: 1 },
    shows: '"credential"',
  }),
  inviteOperator: async (ground) => ({ params: { id: await makeOperator(ground) }, shows: '"url"' }),
  acceptOperatorInvitation: async (ground) => {
    const id = await makeOperator(ground)
    const { body } = await ground.asOperator({ method: 'POST', path: `/v1/operators/${id}/invitations` })
    const accepted = (token: string) => ({ token, password: `${ground.unique()} of the attack` })
    return {
      on: 'operators',
      body: accepted(String(body.url).slice(-43)),
      absentBody: accepted(randomBytes(32).toString('base64url')),
    }
  },
  mintOperatorToken: () => ({ impossible: "whoever is signed in on a tenant's host is no operator" }),
  listOperatorKeys: async (ground) => {
    const { id, keyId } = await makeOperatorKey(ground)
    return { params: { id }, shows: keyId }
  },
  revokeOperatorKey: async (ground) => {
    const { id, keyId } = await makeOperatorKey(ground)
    return { params: { id, keyId }, look: { path: `/v1/operators/${id}/keys`, as: 'operator' }, shows: keyId }
  },
}

/** Each works on a tenant made for it alone: most of them put it out of reach. */
function lifecycleFixtures(system: string): Fixtures {
  const tenantBody = ({ canary }: Ground) => ({ slug: newSlug(), name: `${canary} of an operator`, system })
  const fresh = async (ground: Ground): Promise<string> =>
    (await ground.asOperator({ method: 'POST', path: '/v1/tenants', body: tenantBody(ground) })).body.id
  const order = (ground: Ground, id: string, name: string) =>
    ground.asOperator({ method: 'POST', path: `/v1/tenants/${id}/${name}`, body: because })
  const move =
    (...before: readonly string[]): Fixture =>
    async (ground): Promise<Ask> => {
      const tenantId = await fresh(ground)
      for (const name of before) await order(ground, tenantId, name)
      return { params: { tenantId }, body: because, look: { path: `/v1/tenants/${tenantId}`, as: 'operator' } }
    }
  return {
    createTenant: (ground) => ({ body: tenantBody(ground) }),
    listTenants: async (ground) => {
      await fresh(ground)
      return { query: { search: ground.canary } }
    },
    readTenant: async (ground) => ({ params: { tenantId: await fresh(ground) } }),
    updateTenant: async (ground) => {
      const tenantId = await fresh(ground)
      const look = { path: `/v1/tenants/${tenantId}`, as: 'operator' } as const
      return { params: { tenantId }, body: { name: `${ground.canary} renamed` }, headers: { 'if-match': '"v1"' }, look }
    },
    createTenantKey: async (ground) => ({ params: { tenantId: await fresh(ground) }, body: someKey(ground) }),
    setTenantLimit: async (ground) => {
      const { body } = await ground.send({ method: 'GET', path: '/v1/limits' })
      const name = body.items[0]?.name as string | undefined
      const impossible = name === undefined ? { impossible: 'the system has no limits' } : {}
      const params = { tenantId: await fresh(ground), name: name ?? 'none' }
      return { params, body: { max: ground.number }, shows: String(ground.number), ...impossible }
    },
    suspendTenant: move(),
    resumeTenant: move('suspend'),
    archiveTenant: move(),
    restoreTenant: move('archive'),
    eraseTenant: move(),
    holdTenant: move(),
    releaseTenant: move('hold'),
  }
}

const because = { reason: 'Isolation attack' }

/** Nobody has that name, ever, so nothing is sent to anybody. */
const nowhere = ({ canary }: Ground) => `https://${canary}.invalid/`

async function makeWebhook(ground: Ground): Promise<{ id: string } | undefined> {
  // It wants no event that happens here, so that hundreds of them cost nothing.
  const body = { url: nowhere(ground), description: ground.canary, eventTypes: ['webhook.test'] }
  const made = await ground.send({ method: 'POST', path: '/v1/webhooks', body }).catch(() => undefined)
  return made === undefined ? undefined : { id: made.body.id }
}

/** Webhooks are about the whole tenant, so a limited key may not touch them; and secrets need a master key. */
const ofWebhook =
  (ask: (ground: Ground, id: string) => Ask | Promise<Ask>): Fixture =>
  async (ground) => {
    const made = await makeWebhook(ground)
    const absent = '018f0000-0000-7000-8000-0000000000ff'
    if (made === undefined)
      return { params: { id: absent, eventId: absent }, limited: 'refused', impossible: 'there is no master key' }
    return { params: { id: made.id }, limited: 'refused', ...(await ask(ground, made.id)) }
  }

async function sentEvent({ send }: Ground, id: string): Promise<string> {
  return (await send({ method: 'POST', path: `/v1/webhooks/${id}/test` })).body.eventId
}

/** Deliveries change by themselves while they are tried; what was asked for does not. */
const sendingsOf = (id: string): Look => ({ path: `/v1/audit?objectId=${id}` })

const webhookFixtures: Fixtures = {
  createWebhook: ofWebhook((ground) => ({
    params: {},
    body: { url: nowhere(ground), description: ground.canary, eventTypes: ['webhook.test'] },
  })),
  listWebhooks: ofWebhook(() => ({ params: {} })),
  readWebhook: ofWebhook(() => ({})),
  updateWebhook: ofWebhook(({ canary, unique }, id) => ({
    body: { description: `${canary} ${unique()}`, state: 'paused' },
    headers: { 'if-match': '"v1"' },
    look: { path: `/v1/webhooks/${id}` },
  })),
  deleteWebhook: ofWebhook((_ground, id) => ({ look: { path: `/v1/webhooks/${id}` } })),
  rotateWebhookSecret: ofWebhook((_ground, id) => ({ body: { overlapHours: 1 }, look: { path: `/v1/webhooks/${id}` } })),
  testWebhook: ofWebhook((_ground, id) => ({ shows: '"eventId"', look: sendingsOf(id) })),
  listWebhookDeliveries: ofWebhook(async (ground, id) => {
    await sentEvent(ground, id)
    return { shows: await sentEvent(ground, id) }
  }),
  replayWebhookDelivery: ofWebhook(async (ground, id) => {
    const eventId = await sentEvent(ground, id)
    return { params: { id, eventId }, shows: eventId, look: sendingsOf(id) }
  }),
  replayWebhook: ofWebhook((_ground, id) => ({
    body: { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' },
    shows: '"events":0',
    look: sendingsOf(id),
  })),
}
