import { createOTP } from '@better-auth/utils/otp'
import type { Fixtures, Ground } from '../isolation/attack/fixture.ts'
import type { Person } from '../isolation/attack/world.ts'
import { attackAuthenticator } from './attack-authenticator.ts'

/** The attack's fixtures for sign-in and for what is about the person who asks. */
export const identityFixtures: Fixtures = {
  signIn: async ({ member }) => {
    const { email, password } = await member({ withPassword: true })
    return { body: { email, password } }
  },
  answerSecondStep: async (ground) => {
    const person = await ground.member({ withPassword: true })
    const { secret } = await withApp(ground, person)
    const { email, password } = person
    const { body } = await ground.send({ method: 'POST', path: '/v1/auth/sign-in', body: { email, password } })
    const { challenge } = body.mfa
    return { body: { challenge, code: await codeOf(secret) }, absentBody: { challenge: noToken, code: '000000' } }
  },
  signOut: async ({ me }) => {
    await me()
    return { look: ownRecord }
  },
  beginPasskeySignIn: () => ({ shows: '"challenge"' }),
  signInWithPasskey: async (ground) => {
    const { authenticator } = await addedPasskey(ground, await ground.member({ withPassword: true }))
    const begin = { method: 'POST', path: '/v1/auth/passkeys/options' }
    const { challenge, options } = (await ground.send(begin)).body
    const response = authenticator.get(options)
    return { body: { challenge, response }, absentBody: { challenge: noToken, response } }
  },
  requestPasswordReset: async ({ member }) => ({ body: { email: (await member()).email }, shows: nothing }),
  resetPassword: async ({ member, send, mailTo }) => {
    const { email } = await member({ withPassword: true })
    await send({ method: 'POST', path: '/v1/auth/reset/request', body: { email } })
    const token = tokenOf(await mailTo(email))
    return { body: { token, password: another }, absentBody: { token: noToken, password: another }, shows: nothing }
  },
  requestVerification: async ({ member }) => ({ body: { email: (await member()).email }, shows: nothing }),
  verifyEmail: async ({ tenantId, canary, address, asOperator, send, mailTo }) => {
    const email = address()
    await asOperator({ method: 'POST', path: `/v1/tenants/${tenantId}/members`, body: { email, name: canary } })
    await send({ method: 'POST', path: '/v1/auth/verify/request', body: { email } })
    return { body: { token: tokenOf(await mailTo(email)) }, absentBody: { token: noToken } }
  },

  readMe: async ({ me }) => {
    await me()
    return {}
  },
  updateMe: async ({ me, canary, unique }) => {
    await me()
    return { body: { name: `${canary} ${unique()}` }, look: ownRecord }
  },
  changePassword: async ({ me }) => {
    const { password } = await me({ withPassword: true })
    return { body: { current: password, password: another }, shows: nothing }
  },
  beginTotp: async ({ me }) => {
    const { password } = await me({ withPassword: true })
    return { body: { password }, shows: '"secret"' }
  },
  confirmTotp: async (ground) => {
    const secret = await beginApp(ground, await ground.me({ withPassword: true }))
    const renew = async () => ({ code: await codeOf(secret) })
    return { body: await renew(), renew, look: ownRecord }
  },
  removeTotp: async (ground) => {
    const person = await ground.me({ withPassword: true })
    const { secret } = await withApp(ground, person)
    const renew = async () => ({ password: person.password, code: await codeOf(secret) })
    return { body: await renew(), renew, look: ownRecord }
  },
  beginPasskey: async ({ me, host }) => {
    const { password } = await me({ withPassword: true })
    return { body: { password }, shows: host }
  },
  addPasskey: async (ground) => {
    const { challenge, response } = await madePasskey(ground, await ground.me({ withPassword: true }))
    return { body: { challenge, response, name: ground.canary }, look: ownPasskeys }
  },
  listPasskeys: async (ground) => {
    await addedPasskey(ground, await ground.me({ withPassword: true }))
    return {}
  },
  removePasskey: async (ground) => {
    const { id } = await addedPasskey(ground, await ground.me({ withPassword: true }))
    return { params: { id }, look: ownPasskeys }
  },
}

const noToken = 'x'.repeat(43)
const tokenOf = (mail: string) => /#token=([A-Za-z0-9_-]{43})/.exec(mail)?.[1]
const another = 'quite another long password'
/** An empty answer, by design the same for everybody. */
const nothing = ''
const ownRecord = { path: '/v1/me', as: 'me' } as const
const ownPasskeys = { path: '/v1/me/passkeys', as: 'me' } as const

/** A passkey that the authenticator has and nobody else knows of yet. */
async function madePasskey({ origin, sendAs }: Ground, { cookie, password }: Person) {
  const { body } = await sendAs(cookie, { method: 'POST', path: '/v1/me/passkeys/options', body: { password } })
  const authenticator = attackAuthenticator(origin)
  return { authenticator, challenge: body.challenge as string, response: authenticator.create(body.options) }
}

async function addedPasskey(ground: Ground, person: Person) {
  const { authenticator, ...answer } = await madePasskey(ground, person)
  const call = { method: 'POST', path: '/v1/me/passkeys', body: { ...answer, name: ground.canary } }
  const { body } = await ground.sendAs(person.cookie, call)
  return { authenticator, id: body.id as string }
}

async function beginApp({ sendAs }: Ground, { cookie, password }: Person): Promise<string> {
  const { body } = await sendAs(cookie, { method: 'POST', path: '/v1/me/totp', body: { password } })
  return body.secret
}

/** Confirmed with the code of the half minute before, so that the present one is still good. */
async function withApp(ground: Ground, person: Person): Promise<{ readonly secret: string }> {
  const secret = await beginApp(ground, person)
  const confirm = async () => {
    const code = await codeOf(secret, -1)
    await ground.sendAs(person.cookie, { method: 'POST', path: '/v1/me/totp/confirm', body: { code } })
  }
  // A half minute may have begun while it was on its way.
  await confirm().catch(confirm)
  return { secret }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function codeOf(secret: string, step = 0): Promise<string> {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  return createOTP(Buffer.from(bytes).toString(), { digits: 6, period: 30 }).hotp(Math.floor(Date.now() / 30_000) + step)
}
