import type { TenantEntry } from '../directory/entries.ts'
import { type Reply, type RequestInfo, reply, type Services } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import type { Challenge, Door, SignedIn } from './identity.ts'
import { operatorsRealm } from './realms.ts'

/** What a program asks for instead of a cookie. */
export type SignInAs = 'browser' | 'program'

export interface SignInContext {
  readonly services: Services
  readonly request: RequestInfo
  readonly tenant: TenantEntry | undefined
  readonly door: Door
  readonly as: SignInAs
}

/** The second step is asked for, or the person is in: a cookie for a browser, tokens for a program. @throws no_active_tenant */
export async function finishSignIn(context: SignInContext, result: SignedIn | { readonly challenge: Challenge }): Promise<Reply> {
  if ('challenge' in result) {
    const { token, methods } = result.challenge
    return reply(200, { mfa: { challenge: token, methods } })
  }
  const { services, request, door } = context
  const { person, methods } = result
  const isOperator = door.realmId === operatorsRealm // who belongs to no tenant
  const membership = isOperator ? undefined : await services.members.tenantFor(person.id, person.realmId, door.tenantId)
  const tenant = membership && { ...membership.tenant, role: membership.role }
  const note = () =>
    services.identity.noteActivity('signed_in', person.id, { ...door, tenantId: tenant?.id }, { methods, as: context.as })
  if (context.as === 'browser') {
    const { cookie } = await services.identity.startSession(person, door, methods)
    await note()
    return reply(200, { person, ...(tenant && { tenant }) }, { headers: { 'set-cookie': cookie } })
  }
  if (tenant === undefined) throw problems.forbidden('Operators sign in with a browser; a program of theirs has a key.')
  const { accessToken, refreshToken, expiresAt } = await services.tokens.startProgram({ ...person, methods }, tenant.id, request)
  await note()
  return reply(200, { person, tenant, accessToken, refreshToken, expiresAt })
}
