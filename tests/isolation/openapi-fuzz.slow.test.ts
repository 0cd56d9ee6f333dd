import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { bms } from '@tenantry/bms'
import { pino } from 'pino'
import { createTenantry, makeMasterKey, problems } from 'tenantry'
import { testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Assault } from '../../platform/src/isolation/attack/assault.ts'
import type { Prepared } from '../../platform/src/isolation/attack/attackers.ts'
import { type ApiDocument, type Target, targetsOf } from '../../platform/src/isolation/attack/document.ts'
import { Score } from '../../platform/src/isolation/attack/report.ts'
import { headersOf, Wire } from '../../platform/src/isolation/attack/wire.ts'
import { signInOperator } from '../../platform/src/server/attack-people.ts'
import { makeWorld } from '../../platform/src/server/attack-world.ts'
import { brokenRequest, type Described, type FuzzRequest, plainRequest, validRequest } from './fuzz/generate.ts'
import { faultOf } from './fuzz/judge.ts'
import { Random } from './fuzz/random.ts'
import { agent, type RawAnswer, rawSend } from './fuzz/raw-send.ts'
import type { Schema } from './fuzz/schema-values.ts'

const requests = Number(process.env.FUZZ_REQUESTS ?? 10_000)
// A pull request is judged by what it changes and not by luck; at a desk every run tries something new.
const usualSeed = process.env.CI === undefined ? randomInt(2 ** 31) : 2_054_157_408
const seed = Number(process.env.FUZZ_SEED ?? usualSeed)
const inFlight = 4

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as ApiDocument
const codes = new Set([...Object.keys(problems), ...Object.keys(bms.problems ?? {})])
const cleanUp = new AsyncDisposableStack()
const errors: string[] = []
const faults: string[] = []
/** Asked as it is meant only: chance would cancel at once, and the tenant that all work in were read-only. */
const ending = new Set(['cancelSubscription'])
/** What the doctor found out about the database, and operators may read. Their refusals are as wordless as all others. */
const reports = new Set(['readIsolation', 'examineIsolation'])
const succeeded = new Set<string>()
/** As their fixtures say: on a tenant's address nobody succeeds there. */
const impossible = new Set<string>()
const counts = { sent: 0, succeeded: 0, closed: 0 }

beforeAll(async () => {
  console.log(`fuzz: ${requests} requests, FUZZ_SEED=${seed}`)
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  cleanUp.defer(() => database.drop())
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [bms],
    configuration: {
      tenantRate: 1_000_000,
      addressRate: 1_000_000,
      keyRate: 36_000_000,
      personRate: 1_000_000,
      networkAttempts: 1_000_000,
      tenantInvitations: 1_000_000,
      masterKeys: [makeMasterKey()],
    },
    logger: pino({ level: 'error' }, { write: (line: string) => void errors.push(line) }),
  })
  cleanUp.defer(() => tenantry.close())
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  const { operators } = tenantry.services
  const made = await operators.create({ email: 'fuzz@attack.invalid', name: 'Fuzz' })
  const operator = (await operators.createKey(made.id)).credential
  const surroundings = { log: () => '', metrics: async () => '' }
  const hosts = { originOf: (host: string) => `http://${host}:${port}` }
  const parts = { ...tenantry, hosts }
  const signedInOperator = await signInOperator(parts, 'dashboard.localhost', made)
  const world = await makeWorld(parts, { system: bms, operator, signedInOperator, surroundings, onSide: () => undefined })
  const wire = new Wire(`http://127.0.0.1:${port}`)
  cleanUp.defer(() => wire.close())
  await fuzz(new Assault(world, new Score(), wire), port)
}, 900_000)

afterAll(async () => {
  agent.destroy()
  await cleanUp.disposeAsync()
})

async function fuzz(assault: Assault, port: number): Promise<void> {
  const routes = targetsOf(document).map(describe)
  const asks = new Map<Described, { ask: Prepared; uses: number }>()
  const cursors = new Map<Described, string[]>()
  // Each route once as it is meant, then whatever chance says; chance begins anew with each, so that the order does not matter.
  const turns = Array.from({ length: requests }, (_, index) => ({ first: routes[index], random: new Random(seed + index) }))
  const queue = turns.values()
  await Promise.all(Array.from({ length: inFlight }, work))

  async function work(): Promise<void> {
    for (const { first, random } of queue) {
      const route = first ?? random.pick(routes)
      const isValid = first !== undefined || random.chance(0.5)
      const ask = await askFor(route, isValid)
      const make = () =>
        isValid ? validRequest(route, ask, random) : brokenRequest(route, ask, cursors.get(route) ?? [], random)
      await send(
        route,
        signed(
          assault,
          route.target,
          ask,
          first === undefined && !ending.has(route.target.operation) ? make() : plainRequest(route, ask),
        ),
      )
    }
  }

  /** Objects are used again while nothing ends them. */
  async function askFor(route: Described, valid: boolean): Promise<Prepared> {
    const known = asks.get(route)
    const lasting = route.target.method === 'GET' || !valid
    if (known !== undefined && lasting && known.uses < 200) {
      known.uses += 1
      return known.ask
    }
    const ask = await prepare(route.target)
    if (ask.impossible !== undefined) impossible.add(route.target.operation)
    // A change or a deletion uses its object up: it is not kept for others.
    if (lasting) asks.set(route, { ask, uses: 0 })
    return ask
  }

  /** Other requests change what a fixture works with at that very moment: it begins anew. */
  async function prepare(target: Target, triesLeft = 10): Promise<Prepared> {
    try {
      return await assault.prepare(target, assault.world.own)
    } catch (error) {
      if (triesLeft === 0) throw error
      await sleep(50 * (10 - triesLeft))
      return prepare(target, triesLeft - 1)
    }
  }

  /** A machine that others use as well may have too much to do for a moment, which is answered as that: the client comes back, as told. */
  async function patiently(request: FuzzRequest, triesLeft = 5): Promise<RawAnswer | undefined> {
    const answer = await rawSend(port, request)
    if (answer?.status !== 503 || !answer.text.includes('"code":"overloaded"') || triesLeft === 0) return answer
    await sleep(Number(answer.headers['retry-after']) * 1_000)
    return patiently(request, triesLeft - 1)
  }

  async function send(route: Described, request: FuzzRequest): Promise<void> {
    const answer = await patiently(request)
    counts.sent += 1
    if (answer === undefined) {
      counts.closed += 1
      return
    }
    const fault = faultOf(answer, request.method, codes)
    const isReport = answer.status === 200 && reports.has(route.target.operation)
    if (fault !== undefined && !isReport) faults.push(`${fault}: ${tell(request)} -> ${answer.text.slice(0, 300)}`)
    if (answer.status >= 200 && answer.status < 300 && request.method === route.target.method) {
      counts.succeeded += 1
      succeeded.add(route.target.operation)
      const cursor = /"nextCursor":"([^"]+)"/.exec(answer.text)?.[1]
      if (cursor !== undefined) cursors.set(route, [...(cursors.get(route) ?? []), cursor].slice(-20))
    }
  }
}

function signed(assault: Assault, target: Target, ask: Prepared, request: FuzzRequest): FuzzRequest {
  const { world } = assault
  const asOperator = target.audience === 'operator'
  const host = assault.hostFor(target, world.own, ask)
  // What is about the member who asks is refused to a key.
  const ownMember = ask.keys === 'refused' ? world.own.holders.find(({ kind }) => kind === 'member')?.credential : undefined
  const credential = asOperator ? world.operator : (ask.asker ?? ownMember ?? world.own.owner)
  const shown = typeof credential === 'string' ? { authorization: `Bearer ${credential}` } : credential
  return { ...request, headers: { host, ...shown, ...headersOf(world, host, credential), ...request.headers } }
}

function describe(target: Target): Described {
  const operation = document.paths[target.path]?.[target.method.toLowerCase()] as {
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  }
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>
  return {
    target,
    body: operation.requestBody?.content['application/json']?.schema,
    rawTypes: Object.keys(operation.requestBody?.content ?? {}).filter((type) => type !== 'application/json'),
    query: (operation.parameters ?? []).filter((each) => each.in === 'query'),
    resolve: (schema) => (schema.$ref === undefined ? schema : (schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {})),
  }
}

function tell({ method, path, headers, body }: FuzzRequest): string {
  const { authorization: _, ...told } = headers
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(told).slice(0, 300)} ${body?.subarray(0, 300).toString() ?? ''}`
}

test('no request makes the server fail, speak of its database or refuse without a code', () => {
  console.log(`fuzz: ${counts.sent} sent, ${counts.succeeded} succeeded, ${counts.closed} closed, ${faults.length} faults`)
  // At once, and not only at the end of a long run.
  for (const fault of faults.slice(0, 20)) console.log(fault)
  expect({ faults: faults.slice(0, 20), errors: errors.slice(0, 5) }).toEqual({ faults: [], errors: [] })
})

test('at least three of ten requests were valid, and every route succeeded', () => {
  expect(counts.sent).toBe(requests)
  expect(counts.succeeded / counts.sent).toBeGreaterThan(0.3)
  expect(
    targetsOf(document)
      .map(({ operation }) => operation)
      .filter((operation) => !succeeded.has(operation) && !impossible.has(operation)),
  ).toEqual([])
})
