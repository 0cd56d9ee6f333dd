import { createPublicKey, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'
import { createTenantry, type Tenantry } from 'tenantry'
import { makeMasterKey, secretBoxOf } from '../../platform/src/secrets/master-keys.ts'
import { createMemberRights } from '../../platform/src/tokens/member-rights.ts'
import { createSigningKeys } from '../../platform/src/tokens/signing-keys.ts'
import { TokenVerifier } from '../../platform/src/tokens/token-verifier.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { copyToPlain, makeCustomers } from '../database/customers.ts'
import { tokensOf } from '../database/people.ts'
import { interleave } from '../interleave.ts'
import { LoadClient } from '../load/load-client.ts'
import { buildingTargets } from '../load/targets.ts'
import type { Bench, Part } from '../part.ts'
import { least, type Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

/** What people's access tokens cost: looking at one, and a whole read with one. */
export const tokens: Part = {
  name: 'tokens',
  title: 'Access tokens: checked with everything live behind them, and a scoped read over HTTP with one',
  run: measureTokens,
}

const connections = 16

async function measureTokens(bench: Bench): Promise<Omit<Result, 'part'>[]> {
  const { installation, quick } = bench
  const masterKeys = [makeMasterKey()]
  const customers = await makeCustomers(installation, 50, 10)
  await copyToPlain(installation, customers)
  await using open = new AsyncDisposableStack()
  const tenantry = open.adopt(
    await createTenantry({
      databaseUrl: installation.appUrl,
      systems: [bms],
      configuration: { masterKeys, logLevel: 'silent' },
    }),
    (each) => each.close(),
  )
  const byCustomer = await tokensOf(tenantry, installation, customers)
  const checked = await measureChecks(tenantry, masterKeys, [...byCustomer.values()], quick)

  const client = open.adopt(new LoadClient(), (each) => each.stop())
  const start = async (module: string, settings: unknown) =>
    open.adopt(await ServerProcess.start(new URL(module, import.meta.url), settings), (each) => each.stop())
  const bare = await start('../servers/bare.ts', installation.plainUrl)
  const shipped = await start('../servers/shipped.ts', { address: installation.appUrl, tenantRate: 1_000_000, masterKeys })
  const milliseconds = quick ? 300 : 500
  const side = (name: string, { port }: ServerProcess, targets: ReturnType<typeof buildingTargets>) => ({
    name,
    measure: async () => (await client.runWell({ port, targets, connections, milliseconds })).perSecond,
  })
  const withKeys = buildingTargets(customers)
  const withTokens = buildingTargets(customers, (customer) => byCustomer.get(customer) ?? '')
  const rates = await interleave(
    [side('bare', bare, withKeys), side('token', shipped, withTokens), side('key', shipped, withKeys)],
    quick ? 12 : 24,
  )
  const beside = (name: string, peer: string) => ({
    name,
    ours: `${median(rates.get('token') ?? []).toFixed(0)}/s`,
    peer: `${median(rates.get(peer) ?? []).toFixed(0)}/s`,
    ...ofRounds(ratios(rates.get('token') ?? [], rates.get(peer) ?? [])),
  })
  return [
    checked,
    { ...beside('a read with a token beside node:http + pg, unscoped', 'bare'), floor: least(0.7), aim: least(1) },
    beside('a read with a token beside one with a key', 'key'),
  ]
}

/** In this process and by its processor time, so that nothing but the checks is measured. */
async function measureChecks(
  { directory }: Tenantry,
  masterKeys: readonly string[],
  all: readonly string[],
  quick: boolean,
): Promise<Omit<Result, 'part'>> {
  const keys = createSigningKeys(directory, secretBoxOf(masterKeys))
  const verifier = new TokenVerifier({ directory, keys, rights: createMemberRights([bms]), isIssuer: () => true })
  const { key } = await keys.current()
  const publicKey = createPublicKey(key)
  const checks = { ours: 20_000, jose: 200 }
  const perSecond = async (count: number, check: (token: string) => unknown) => {
    const before = process.cpuUsage()
    for (let index = 0; index < count; index += 1) {
      const answer = check(all[index % all.length] as string)
      if (answer instanceof Promise) await answer
    }
    const { user, system } = process.cpuUsage(before)
    return count / ((user + system) / 1_000_000)
  }
  const mustKnow = (token: string) => {
    const principal = verifier.verify(token)
    if (principal === undefined) throw new Error('A good token was refused.')
    return principal
  }
  const measured = await interleave(
    [
      { name: 'ours', measure: () => perSecond(checks.ours, mustKnow) },
      { name: 'jose', measure: () => perSecond(checks.jose, (token) => byJose(token, publicKey)) },
    ],
    quick ? 8 : 20,
  )
  const [ours, peer] = [measured.get('ours') ?? [], measured.get('jose') ?? []]
  return {
    name: 'checks per second of processor time, everything live, beside jose alone',
    ours: `${median(ours).toFixed(0)}/s`,
    peer: `${median(peer).toFixed(0)}/s`,
    ...ofRounds(ratios(ours, peer)),
    floor: least(50),
  }
}

function byJose(token: string, publicKey: KeyObject): Promise<unknown> {
  return jwtVerify(token, publicKey, { audience: 'tenantry', algorithms: ['EdDSA'], typ: 'at+jwt' })
}
