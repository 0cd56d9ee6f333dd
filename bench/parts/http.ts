import { generateKeyPairSync, sign } from 'node:crypto'
import { type Customer, copyToPlain, makeCustomers } from '../database/customers.ts'
import { onServer } from '../database/installation.ts'
import { interleave, type Side } from '../interleave.ts'
import { LoadClient } from '../load/load-client.ts'
import type { Target } from '../load/run.ts'
import { buildingTargets } from '../load/targets.ts'
import type { Bench, Part } from '../part.ts'
import { ensurePeers } from '../peers.ts'
import { least, type Result } from '../result.ts'
import type { Layer } from '../servers/layers.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

interface Measured {
  readonly perSecond: number
  /** Of the server's process, per request: says more than the rate where client, server and database share the cores. */
  readonly cpuMicroseconds: number
}

/** As many as keep the processors busy, so that what is compared is work and not turns of waiting… */
const busy = 64
/** …and few, whose requests mostly wait for one another's answers. */
const few = 16
const noLimit = 1_000_000

/** One building read over HTTP: by the shipped server, by what does the least, by the usual way, and by our layers one by one. */
export const http: Part = {
  name: 'http',
  title: 'A scoped read over HTTP, requests per second (log and response schemas on)',
  prepares: 120_000,
  run: measureHttp,
}

async function measureHttp(bench: Bench): Promise<Line[]> {
  const { installation, quick, note } = bench
  const customers = await makeCustomers(installation, 50, 10)
  await copyToPlain(installation, customers)
  await using open = new AsyncDisposableStack()
  const client = open.adopt(new LoadClient(), (each) => each.stop())
  const start = async (module: string, settings: unknown) =>
    open.adopt(await ServerProcess.start(new URL(module, import.meta.url), settings), (each) => each.stop())
  // Short and many: on a busy machine the median of many short rounds says more than the mean of a few long ones.
  const milliseconds = quick ? 300 : 500
  const side = (name: string, server: ServerProcess, targets: readonly Target[], connections = busy): Side<Measured> => ({
    name,
    measure: async () => {
      const before = await server.usage()
      const { answered, perSecond } = await client.runWell({ port: server.port, targets, connections, milliseconds })
      const after = await server.usage()
      return { perSecond, cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / answered }
    },
  })

  const withKeys = buildingTargets(customers)
  const withQuota = buildingTargets(await meteredCustomers(installation))
  const shipped = { address: installation.appUrl, tenantRate: noLimit }
  const sides = [
    side('bare', await start('../servers/bare.ts', installation.plainUrl), withKeys),
    side('ours', await start('../servers/shipped.ts', shipped), withKeys),
  ]
  const missing = ensurePeers(note)
  if (missing === undefined) {
    const { key, tokenFor } = tokens()
    const jose = await start('../peers/jose-server.ts', { address: installation.appUrl, key })
    sides.push(side('jose', jose, buildingTargets(customers, tokenFor)))
  }
  if (!quick) {
    const tenants = Object.fromEntries(customers.map(({ slug, tenantId }) => [slug, tenantId]))
    for (const layer of ['scope', 'fastify', 'http'] satisfies Layer[]) {
      sides.push(side(layer, await start('../servers/layers.ts', { address: installation.appUrl, layer, tenants }), withKeys))
    }
  }
  const measured = await interleave(sides, quick ? 12 : 24)
  // By themselves: blocks of calls go back after some idle seconds, and here every server is to have its own all the time.
  const servers = {
    bare: await start('../servers/bare.ts', installation.plainUrl),
    quota: await start('../servers/shipped.ts', shipped),
    logged: await start('../servers/shipped.ts', { ...shipped, logged: true }),
  }
  const ofThese = (suffix: string, connections: number) => [
    side(`bare${suffix}`, servers.bare, withKeys, connections),
    side(`quota${suffix}`, servers.quota, withQuota, connections),
    side(`logged${suffix}`, servers.logged, withQuota, connections),
  ]
  const counted = await interleave([...ofThese('', busy), ...ofThese(' few', few)], quick ? 12 : 24)
  return [...linesOf(measured, missing), ...countedLines(counted)]
}

/** Customers whose calls are counted: a month's quota that nodes lease blocks of, and a rate a minute that nodes share. */
async function meteredCustomers(installation: Bench['installation']): Promise<Customer[]> {
  const customers = await makeCustomers(installation, 50, 10)
  await copyToPlain(installation, customers)
  await onServer(installation.superuserUrl, (client) =>
    client.query(
      `insert into tenantry.limits (tenant_id, name, max, kind, period)
       select id, name, 1000000000, kind, period from unnest($1::uuid[]) id,
         (values ('api_calls', 'metered', 'month'), ('api_calls_per_minute', 'rate', 'minute')) each (name, kind, period)`,
      [customers.map(({ tenantId }) => tenantId)],
    ),
  )
  return customers
}

type Line = Omit<Result, 'part'>

function comparisons(measured: ReadonlyMap<string, readonly Measured[]>) {
  const rates = (name: string) => (measured.get(name) ?? []).map(({ perSecond }) => perSecond)
  const cpu = (name: string) => (measured.get(name) ?? []).map(({ cpuMicroseconds }) => cpuMicroseconds)
  return {
    rates,
    beside: (name: string, ours: string, peer: string): Line => ({
      name,
      ours: `${median(rates(ours)).toFixed(0)}/s`,
      peer: `${median(rates(peer)).toFixed(0)}/s`,
      ...ofRounds(ratios(rates(ours), rates(peer))),
    }),
    processorTime: (ours: string, peer: string): Line => ({
      name: "  processor time of the server's process per request",
      ours: `${median(cpu(ours)).toFixed(0)} us`,
      peer: `${median(cpu(peer)).toFixed(0)} us`,
      ...ofRounds(ratios(cpu(ours), cpu(peer))),
    }),
  }
}

function countedLines(measured: ReadonlyMap<string, readonly Measured[]>): Line[] {
  const { beside, processorTime } = comparisons(measured)
  return [
    { ...beside("with a leased quota of calls and a plan's rate", 'quota', 'bare'), floor: least(0.7), aim: least(1) },
    beside(`  over ${few} connections instead of ${busy}`, 'quota few', 'bare few'),
    processorTime('quota', 'bare'),
    { ...beside('and with the access log', 'logged', 'bare'), floor: least(0.5) },
    beside(`  over ${few} connections instead of ${busy}`, 'logged few', 'bare few'),
    processorTime('logged', 'bare'),
  ]
}

function linesOf(measured: ReadonlyMap<string, readonly Measured[]>, missing: string | undefined): Line[] {
  const { rates, beside, processorTime } = comparisons(measured)
  const steps: readonly (readonly [string, string])[] = [
    ['scope', '  where it goes: node:http + scope'],
    ['fastify', '  where it goes: Fastify + scope'],
    ['http', '  where it goes: routes, schemas, headers, log + scope'],
  ]
  return [
    { ...beside('beside node:http + pg, unscoped prepared read', 'ours', 'bare'), floor: least(0.7), aim: least(1) },
    missing === undefined
      ? { ...beside('beside jose + BEGIN, set_config, select, COMMIT', 'ours', 'jose'), floor: least(2.5) }
      : { name: 'beside jose + BEGIN, set_config, select, COMMIT', ours: `${median(rates('ours')).toFixed(0)}/s`, peer: missing },
    ...steps.filter(([layer]) => measured.has(layer)).map(([layer, name]) => beside(name, layer, 'bare')),
    processorTime('ours', 'bare'),
  ]
}

/** Tokens as an identity provider would give them, without the peer's library in this process. */
function tokens() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const expires = Math.floor(Date.now() / 1_000) + 3_600
  return {
    key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    tokenFor: ({ tenantId, keyId }: Customer) => {
      const signed = `${encode({ alg: 'EdDSA' })}.${encode({ iss: 'bench', aud: 'bench', sub: keyId, tid: tenantId, exp: expires })}`
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}
