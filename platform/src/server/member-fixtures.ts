import type { Ask, Fixtures, Ground } from '../isolation/attack/fixture.ts'

/** The attack's fixtures for members, roles, invitations, sign-up, and for what is counted of a tenant. */
export const memberFixtures: Fixtures = {
  listMembers: async ({ member }) => {
    await member()
    return {}
  },
  readMember: async (ground) => ({ params: { id: await makeMember(ground) } }),
  updateMember: async (ground) => {
    const id = await makeMember(ground)
    const path = `/v1/members/${id}`
    return { params: { id }, body: await someStanding(ground), headers: await ifMatch(ground, path), look: { path }, ...limited }
  },
  removeMember: async (ground) => {
    const id = await makeMember(ground)
    return { params: { id }, look: { path: `/v1/members/${id}` }, ...limited }
  },
  leaveTenant: async ({ me }) => {
    const { memberId } = await me()
    return { keys: 'refused', look: { path: `/v1/members/${memberId}` } }
  },
  // Answers of the asker alone, on any host: the other tenant's name must not be in it, which every answer is searched for.
  readSession: async () => ({}),
  listMyTenants: async ({ me }) => ((await me()).memberId === undefined ? { shows: '"items":[]' } : {}),

  listTenantMembers: async (ground) => {
    await makeMember(ground)
    return { params: { tenantId: ground.tenantId } }
  },
  addTenantMember: ({ tenantId, canary, address }) => ({ params: { tenantId }, body: { email: address(), name: canary } }),
  updateTenantMember: async (ground) => {
    const memberId = await makeMember(ground)
    const path = `/v1/members/${memberId}`
    return { params: { tenantId: ground.tenantId, memberId }, body: await someStanding(ground), look: { path } }
  },
  removeTenantMember: async (ground) => {
    const memberId = await makeMember(ground)
    return { params: { tenantId: ground.tenantId, memberId }, look: { path: `/v1/members/${memberId}` } }
  },

  listTenantRoles: async (ground) => {
    await makeRole(ground)
    return { params: { tenantId: ground.tenantId } }
  },
  listRoles: async (ground) => {
    await makeRole(ground)
    return {}
  },
  createRole: ({ canary, unique }) => ({ body: { name: `${canary} ${unique()}`, permissions: ['tenant:read'] }, ...limited }),
  readRole: async (ground) => ({ params: { id: await makeRole(ground) } }),
  updateRole: async (ground) => {
    const id = await makeRole(ground)
    const path = `/v1/roles/${id}`
    const body = { description: ground.canary }
    return { params: { id }, body, headers: await ifMatch(ground, path), look: { path }, ...limited }
  },
  deleteRole: async (ground) => {
    const id = await makeRole(ground)
    return { params: { id }, look: { path: `/v1/roles/${id}` }, ...limited }
  },

  createInvitation: async ({ address, grantable }) => {
    const granted = await grantable()
    const body = { email: address(), reach: 'granted' }
    return granted === undefined ? { body } : { body: { ...body, grants: [granted] }, grants: [granted] }
  },
  listInvitations: async (ground) => {
    await invite(ground)
    return {}
  },
  readInvitation: async (ground) => ({ params: { id: (await invite(ground)).id } }),
  resendInvitation: async (ground) => {
    const { id } = await invite(ground)
    return { params: { id }, look: { path: `/v1/invitations/${id}` } }
  },
  revokeInvitation: async (ground) => {
    const { id } = await invite(ground)
    return { params: { id }, look: { path: `/v1/invitations/${id}` } }
  },
  lookAtInvitation: async (ground) => ({ body: { token: await tokenFor(ground) }, absentBody: { token: noToken } }),
  acceptInvitation: async (ground) => {
    const { email, memberId } = await ground.me()
    // Nobody is invited who is there already: such a one brings the link of somebody else.
    const token = await tokenFor(ground, memberId === undefined ? email : ground.address())
    const invalid = { status: 400, code: 'invitation_invalid' } as const
    return { body: { token }, absentBody: { token: noToken }, members: invalid, suspended: invalid }
  },
  joinByInvitation: async (ground) => {
    const account = { name: ground.canary, password: 'quite a long password' }
    return { body: { ...account, token: await tokenFor(ground) }, absentBody: { ...account, token: noToken } }
  },
  inviteToTenant: ({ tenantId, address }) => {
    const email = address()
    return { params: { tenantId }, body: { email }, shows: email }
  },
  listTenantInvitations: async (ground) => {
    await invite(ground)
    return { params: { tenantId: ground.tenantId } }
  },

  requestSignUp: ({ address, canary, unique }) => ({
    body: { email: address(), system: 'none', slug: unique(), tenantName: canary },
    impossible: elsewhere,
  }),
  checkSlug: ({ unique }) => ({ query: { slug: unique() }, impossible: elsewhere }),
  confirmSignUp: ({ canary }) => ({
    body: { token: noToken, name: canary, password: 'quite a long password' },
    impossible: elsewhere,
  }),
  confirmSignUpSignedIn: async ({ me }) => {
    await me()
    return { body: { token: noToken }, impossible: elsewhere }
  },

  readCurrentTenantStats: numbers,
  readTenantStats: async (ground) => ({ params: { tenantId: ground.tenantId }, ...(await numbers(ground)) }),
  listTenantStats: ({ canary }) => ({ query: { search: canary } }),
  readOnboarding: () => ({ shows: '"second_member"' }),

  readKeyGrants: async (ground) => {
    const { id, granted } = await limitedKey(ground)
    return { params: { id }, shows: granted ?? '"grants"' }
  },
  setKeyGrants: async (ground) => {
    const { id, granted } = await limitedKey(ground)
    const another = await ground.grantable()
    const ask: Ask = { params: { id }, body: { grants: another === undefined ? [] : [another] }, ...limited }
    if (granted === undefined || another === undefined) return { ...ask, impossible: 'nothing can be granted in this system' }
    return { ...ask, look: { path: `/v1/keys/${id}/grants` }, shows: another }
  },
}

/** Those who reach all of the tenant are not touched by somebody who does not. */
const limited = { limited: 'refused' } as const
const noToken = `tni_${'0'.repeat(16)}_${'0'.repeat(43)}`
const elsewhere = "sign-up is on the installation's own address, and not a tenant's"

async function makeMember({ member }: Ground): Promise<string> {
  const { memberId } = await member()
  if (memberId === undefined) throw new Error('A member who was made has an id.')
  return memberId
}

async function makeRole({ canary, unique, send }: Ground): Promise<string> {
  const body = { name: `${canary} ${unique()}`, permissions: ['tenant:read'] }
  return (await send({ method: 'POST', path: '/v1/roles', body })).body.id
}

/** Names a role and an object of the tenant, so that both are tried with those of others. */
async function someStanding(ground: Ground) {
  const customRoleId = await makeRole(ground)
  const granted = await ground.grantable()
  return { customRoleId, reach: 'granted', grants: granted === undefined ? [] : [granted] }
}

async function ifMatch({ send }: Ground, path: string) {
  return { 'if-match': (await send({ method: 'GET', path })).headers.etag ?? '' }
}

async function invite({ send, address }: Ground, email = address()): Promise<{ id: string; email: string }> {
  const { body } = await send({ method: 'POST', path: '/v1/invitations', body: { email, reach: 'granted' } })
  return { id: body.id, email }
}

async function tokenFor(ground: Ground, to?: string): Promise<string> {
  const { email } = await invite(ground, to)
  return /#token=(tni_[0-9A-Za-z_]+)/.exec(await ground.mailTo(email))?.[1] ?? noToken
}

async function numbers({ tenantId, number, asOperator }: Ground): Promise<Ask> {
  await asOperator({ method: 'PUT', path: `/v1/tenants/${tenantId}/limits/users`, body: { max: number } })
  return { shows: String(number) }
}

async function limitedKey({ canary, send, grantable }: Ground): Promise<{ id: string; granted: string | undefined }> {
  const granted = await grantable()
  const grants = granted === undefined ? {} : { grants: [granted] }
  const { body } = await send({
    method: 'POST',
    path: '/v1/keys',
    body: { name: canary, permissions: ['tenant:read'], reach: 'granted', ...grants },
  })
  return { id: body.id, granted }
}
