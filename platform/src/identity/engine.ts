import { type BetterAuthOptions, betterAuth } from 'better-auth'
import type { SecretBox } from '../secrets/secret-box.ts'
import { engineKysely } from './engine-dialect.ts'
import { hashPassword, isPassword } from './password-hash.ts'
import type { OpenRealm } from './realm-scope.ts'

/** What we ask of the engine: its ways to persons and accounts. None of its paths is reachable from outside. */
export type Engine = Awaited<ReturnType<typeof betterAuth>['$context']>

export type EngineOf = (realmId: string) => Promise<Engine>

/** One engine per realm, made when it is first asked for. It holds no connection and no rows. */
export function enginesOn(openRealm: OpenRealm, box: SecretBox): EngineOf {
  const engines = new Map<string, Promise<Engine>>()
  return (realmId) => {
    const known = engines.get(realmId)
    if (known !== undefined) return known
    const engine = makeEngine(openRealm, box, realmId)
    engines.set(realmId, engine)
    // Tried again by the next who asks.
    engine.catch(() => engines.delete(realmId))
    return engine
  }
}

async function makeEngine(openRealm: OpenRealm, box: SecretBox, realmId: string): Promise<Engine> {
  const options = {
    appName: 'Tenantry',
    database: { db: engineKysely(openRealm(realmId)), type: 'postgres', transaction: true },
    secret: box.code('engine', realmId).toString('base64url'),
    advanced: { database: { generateId: () => crypto.randomUUID() } },
    emailAndPassword: {
      enabled: true,
      password: { hash: hashPassword, verify: ({ hash, password }) => isPassword(hash, password) },
    },
    user: { additionalFields: { twoFactorEnabled: { type: 'boolean', required: false, defaultValue: false, input: false } } },
    logger: { disabled: true },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions
  return (await betterAuth(options).$context) as unknown as Engine
}
