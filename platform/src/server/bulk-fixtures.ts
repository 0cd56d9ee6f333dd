import type { Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** Orders what is refused in an active tenant, so that nothing of it is in the way of others. */
const order = ({ tenantId, canary }: Ground) => ({
  action: { do: 'resume' },
  selection: { tenants: [tenantId] },
  reason: `${canary} of the attack`,
})

async function ordered(ground: Ground): Promise<string> {
  return (await ground.asOperator({ method: 'POST', path: '/v1/operations/bulk', body: order(ground) })).body.id
}

const view = ({ canary, unique }: Ground) => ({ page: 'attack', name: `${canary} ${unique()}`, query: 'status=active' })

export const bulkFixtures: Fixtures = {
  startBulkOperation: (ground) => ({ body: order(ground) }),
  listBulkOperations: async (ground) => {
    await ordered(ground)
    return { query: { limit: '200' } }
  },
  readBulkOperation: async (ground) => ({ params: { id: await ordered(ground) } }),
  listBulkResults: async (ground) => ({ params: { id: await ordered(ground) }, shows: ground.tenantId }),
  cancelBulkOperation: async (ground) => {
    const id = await ordered(ground)
    // It goes on by itself meanwhile; who was left out because of a cancellation does not.
    return { params: { id }, look: { path: `/v1/operations/bulk/${id}/results?state=cancelled`, as: 'operator' } }
  },
  saveView: (ground) => ({ body: view(ground) }),
  listSavedViews: async (ground) => {
    await ground.asOperator({ method: 'POST', path: '/v1/saved-views', body: view(ground) })
    return {}
  },
  removeView: async (ground) => {
    // A page of its own: what is saved of others meanwhile changes nothing that is looked at.
    const page = ground.unique().replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')
    const { body } = await ground.asOperator({ method: 'POST', path: '/v1/saved-views', body: { ...view(ground), page } })
    return { params: { id: body.id }, shows: body.id, look: { path: `/v1/saved-views?page=${page}`, as: 'operator' } }
  },
  listSystems: () => ({ shows: '"items"' }),
  countTenants: ({ canary }) => ({ query: { search: canary }, shows: '"tenants"' }),
  listTenantKeys: async ({ tenantId, canary, asOperator }) => {
    const body = { name: canary, permissions: ['tenant:read'] }
    await asOperator({ method: 'POST', path: `/v1/tenants/${tenantId}/keys`, body })
    return { params: { tenantId } }
  },
  listTenantDomains: ({ tenantId }) => ({ params: { tenantId }, shows: '"items"' }),
  listTenantAuditEntries: ({ tenantId }) => ({ params: { tenantId }, shows: tenantId }),
  listTenantAccessEntries: ({ tenantId }) => ({ params: { tenantId }, shows: tenantId }),
  readTenantDailyUsage: ({ tenantId }) => ({ params: { tenantId }, shows: '"items"' }),
  readTenantUsageHistory: ({ tenantId }) => ({ params: { tenantId }, shows: '"items"' }),
  forecastTenantUsage: ({ tenantId }) => ({ params: { tenantId }, shows: '"items"' }),
}
