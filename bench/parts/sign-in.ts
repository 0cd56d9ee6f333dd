import { randomUUID } from 'node:crypto'
import { createTenantry, makeMasterKey } from 'tenantry'
import { hashPassword, isPassword } from '../../platform/src/identity/password-hash.ts'
import { sharedRealm } from '../../platform/src/identity/realms.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { interleave } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { least, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

/** How much of a sign-in is the hash of the password, which is slow on purpose, and how little the rest. */
export const signIn: Part = {
  name: 'sign-in',
  title: 'Sign-in with a password: throttle, look-up, argon2id and session, beside argon2id alone',
  run: measureSignIn,
}

const signInsPerRound = 10
const password = 'correct horse battery staple'

async function measureSignIn({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  await using open = new AsyncDisposableStack()
  const tenantry = open.adopt(
    await createTenantry({
      databaseUrl: installation.appUrl,
      systems: [bms],
      configuration: { masterKeys: [makeMasterKey()], networkAttempts: 1_000_000, logLevel: 'silent' },
    }),
    (each) => each.close(),
  )
  const { identity } = tenantry.services
  const email = `${randomUUID()}@example.com`
  await identity.createUser(sharedRealm, { email, name: 'Bench', password, verified: true })
  const stored = await hashPassword(password)
  const network = { address: '127.0.0.1', userAgent: undefined }
  const door = { realmId: sharedRealm, host: 'localhost', origin: 'http://localhost', tenantId: undefined, ...network }
  const wholeSignIn = async () => {
    const result = await identity.signIn(door, email, password)
    if ('challenge' in result) throw new Error('Nobody asked for a second step.')
    await identity.startSession(result.person, door, result.methods)
  }
  const perSecond = async (work: () => Promise<unknown>) => {
    const began = performance.now()
    for (let turn = 0; turn < signInsPerRound; turn += 1) await work()
    return (signInsPerRound * 1_000) / (performance.now() - began)
  }
  const rates = await interleave(
    [
      { name: 'sign-in', measure: () => perSecond(wholeSignIn) },
      { name: 'argon2', measure: () => perSecond(() => isPassword(stored, password)) },
    ],
    quick ? 8 : 20,
  )
  const [whole, hash] = [rates.get('sign-in') ?? [], rates.get('argon2') ?? []]
  return [
    {
      name: 'sign-ins per second, one after the other; the ratio is the share of argon2id',
      ours: `${median(whole).toFixed(1)}/s`,
      peer: `${median(hash).toFixed(1)}/s`,
      ...ofRounds(ratios(whole, hash)),
      floor: least(0.5),
      aim: least(0.8),
    },
  ]
}
