import { randomBytes } from 'node:crypto'
import type { Ask, Fixtures, Ground } from '../isolation/attack/fixture.ts'
import type { Person } from '../isolation/attack/world.ts'

const memberless = { status: 403, code: 'no_active_tenant' } as const

/** The refresh token of somebody who signs in as a program. */
async function programOf(ground: Ground, { email, password }: Person): Promise<string> {
  const { body } = await ground.sendAs(undefined, {
    method: 'POST',
    path: '/v1/auth/sign-in',
    body: { email, password, as: 'program' },
  })
  return body.refreshToken
}

async function refreshAsk(ground: Ground): Promise<Ask> {
  const member = await ground.member({ withPassword: true })
  return {
    body: { refreshToken: await programOf(ground, member) },
    absentBody: { refreshToken: `tnr_${randomBytes(12).toString('hex')}_1_${randomBytes(32).toString('base64url')}` },
  }
}

/** Where else he is signed in: as a program; who belongs to no tenant has none, so in another browser. */
async function secondSession(ground: Ground): Promise<string> {
  const person = await ground.me({ withPassword: true })
  if (person.memberId === undefined) await ground.signInAgain(person)
  else await programOf(ground, person)
  const { body } = await ground.sendAs(person.cookie, { method: 'GET', path: '/v1/me/sessions' })
  return body.items.find(({ current }: { current: boolean }) => !current).id
}

/** An operator who acts as a member of the tenant. */
async function actAs(ground: Ground): Promise<{ readonly id: string; readonly url: string }> {
  const { memberId = '' } = await ground.member()
  return (await ground.asOperator({ method: 'POST', path: `/v1/tenants/${ground.tenantId}/members/${memberId}/token` })).body
}

/** What became of one access; the list has those of others, too. */
const logOf = (id: string) => ({ path: `/v1/audit?objectId=${id}` })

const ownSessions = { path: '/v1/me/sessions', as: 'me' } as const

/**
 * The attack's fixtures for tokens, and for where somebody is signed in. An access token makes no other one, so where a browser's
 * cookie is asked for it is refused.
 */
export const tokenFixtures: Fixtures = {
  mintToken: () => ({ body: {}, tokens: 'refused', memberless, shows: '"accessToken"' }),
  refreshToken: async (ground) => ({ ...(await refreshAsk(ground)), shows: '"accessToken"' }),
  // Answers the same whatever the token is, on whatever address.
  revokeToken: async (ground) => ({ body: (await refreshAsk(ground)).body, shows: '' }),
  switchTenant: ({ tenantId }) => ({ body: { tenantId }, tokens: 'refused', memberless, shows: '"url"' }),
  acceptHandOff: async (ground) => {
    const { cookie } = await ground.member()
    const { body } = await ground.sendAs(cookie, { method: 'POST', path: '/v1/me/tenant', body: { tenantId: ground.tenantId } })
    return {
      body: { token: String(body.url).slice(-43) },
      absentBody: { token: randomBytes(32).toString('base64url') },
      shows: '',
    }
  },
  listSessions: async (ground) => {
    await secondSession(ground)
    return { shows: ground.host }
  },
  endOtherSessions: async (ground) => {
    await secondSession(ground)
    return { look: ownSessions, shows: '' }
  },
  endSession: async (ground) => ({ params: { id: await secondSession(ground) }, look: ownSessions, shows: ground.host }),
  readPublicKeys: () => ({ shows: '"keys"' }),
  actAsMember: async (ground) => {
    const { memberId = '' } = await ground.member()
    return { params: { tenantId: ground.tenantId, memberId }, shows: '"accessToken"' }
  },
  openOperatorAccess: async (ground) => ({
    body: { token: String((await actAs(ground)).url).slice(-43) },
    absentBody: { token: randomBytes(32).toString('base64url') },
    shows: '"accessToken"',
  }),
  // Members are named in it: their names bear the canary.
  listOperatorAccess: async (ground) => {
    await actAs(ground)
    return { limited: 'refused' }
  },
  endOperatorAccess: async (ground) => {
    const { id } = await actAs(ground)
    return { params: { id }, look: logOf(id), limited: 'refused' }
  },
  readActing: () => ({ shows: '"acting"' }),
  stopActing: () => ({ impossible: 'whoever acts as nobody has nothing to stop, and the one who does is needed until the end' }),
  listRunningOperatorAccess: async (ground) => ({ shows: (await actAs(ground)).id }),
  endTenantOperatorAccess: async (ground) => {
    const { id } = await actAs(ground)
    return { params: { tenantId: ground.tenantId, id }, look: logOf(id) }
  },
}
