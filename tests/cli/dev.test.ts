import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAlive } from '../../platform/src/database/embedded/processes.ts'
import { answers, get, type Project, project, type Running, start, startWrapped, tenantry } from './processes.ts'

interface DemoTenant {
  readonly slug: string
  readonly keys: { readonly developer: string }
}

let here: Project
let dev: Running
let address: string

beforeAll(async () => {
  here = project()
  dev = startDev()
  address = await dev.address()
}, 120_000)
afterAll(async () => {
  await dev?.stop()
  here?.remove()
})

/** From a port of the tests' own, where nobody's `npm start` is in the way. */
function startDev(args: readonly string[] = ['--port', '0'], environment: Record<string, string> = {}): Running {
  return start(['dev', ...args], { cwd: here.folder, environment })
}

const keysFile = () => join(here.folder, '.tenantry/demo-keys.json')
const demo = () => (JSON.parse(readFileSync(keysFile(), 'utf8')) as { tenants: DemoTenant[] }).tenants
const keyOf = (slug: string) => demo().find((tenant) => tenant.slug === slug)?.keys.developer ?? ''
const databasePid = () =>
  Number(readFileSync(join(here.folder, '.tenantry/postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])

async function buildings(key: string): Promise<{ id: string; name: string }[]> {
  return (await get(address, '/v1/bms/buildings', key)).body.items
}

/** Points of the last minute. */
async function livePoints(key: string, id: string): Promise<number> {
  const [from, to] = [Date.now() - 60_000, Date.now() + 60_000].map((at) => new Date(at).toISOString())
  const { body } = await get(address, `/v1/bms/buildings/${id}/data?start=${from}&end=${to}&point_type=temperature`, key)
  return body.series[0]?.points.length ?? 0
}

async function waitFor(what: () => boolean | Promise<boolean>, milliseconds: number): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !(await what()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`It did not happen within ${milliseconds} ms:\n${dev.log}`)
}

test('the first start says what it does, then where everything is', async () => {
  await waitFor(() => dev.log.includes('Ctrl-C'), 20_000)
  for (const word of ['Making a PostgreSQL', 'Migrating 1/', 'http://northwind.localhost:', '/docs', '/metrics', 'dashboard.'])
    expect(dev.log).toContain(word)
})

test("a developer reads live points of one customer, and the other's key sees none of them", async () => {
  const [building] = await buildings(keyOf('northwind'))
  await waitFor(async () => (await livePoints(keyOf('northwind'), building?.id ?? '')) > 0, 15_000)
  const foreign = await get(address, `/v1/bms/buildings/${building?.id}/data`, keyOf('harbour'))
  const absent = await get(address, '/v1/bms/buildings/018f0000-0000-7000-8000-000000000000/data', keyOf('harbour'))
  expect(foreign.status).toBe(absent.status)
  expect(foreign.status).toBeGreaterThanOrEqual(400)
  expect((await buildings(keyOf('harbour'))).map(({ name }) => name)).not.toContain(building?.name)
})

test('keys are printed at the first start, and stay in a file that only its owner reads', () => {
  expect(dev.log).toContain(keyOf('northwind'))
  for (const file of ['demo-keys.json', 'passwords.json']) {
    expect(statSync(join(here.folder, '.tenantry', file)).mode & 0o777).toBe(0o600)
  }
})

test('people of every role can sign in, and the operator by his link', async () => {
  const { people, operator } = JSON.parse(readFileSync(keysFile(), 'utf8')) as {
    people: { email: string; password: string }[]
    operator: { link: string }
  }
  expect(people.map(({ email }) => email)).toEqual(expect.arrayContaining(['viewer@harbour.example', 'both@example.com']))
  for (const { email, password } of people) {
    expect(dev.log).toContain(password)
    expect((await post('/v1/auth/sign-in', { email, password, as: 'program' })).status, email).toBe(200)
  }
  const caretaker = people.find(({ email }) => email === 'caretaker@northwind.example')
  const { accessToken } = (await (await post('/v1/auth/sign-in', { ...caretaker, as: 'program' })).json()) as {
    accessToken: string
  }
  expect(await buildings(accessToken)).toHaveLength(1)
  expect(operator.link).toMatch(/^http:\/\/dashboard\.localhost:\d+\/operators\/accept#token=[\w-]{43}$/)
  expect(dev.log).toContain(operator.link)
})

function post(path: string, { email, password, as }: Record<string, unknown>): Promise<Response> {
  return fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, as }),
  })
}

test('the database it makes has no leak and no weakness', async () => {
  const { code, json } = await tenantry(['doctor', '--json'], { cwd: here.folder })
  expect(json).toMatchObject({ verdict: 'clean', findings: [] })
  expect(code).toBe(0)
})

test('another start in the same checkout is refused, and told where the first one is', async () => {
  const { code, json } = await tenantry(['dev', '--json'], { cwd: here.folder })
  expect(code).toBe(1)
  expect(json.error).toMatchObject({ code: 'already_running', message: expect.stringContaining(address) })
})

test('Ctrl-C ends server, simulators and database, also when it comes twice', async () => {
  const postgres = databasePid()
  dev.interrupt()
  // Soon: all may have ended after a tenth of a second, and a process that is going knows no signals any more.
  await sleep(10)
  dev.interrupt()
  expect(await dev.ended(30_000)).toBe(0)
  expect(await answers(address)).toBe(false)
  expect(isAlive(postgres)).toBe(false)
})

test('the next start is quick, keeps data and keys, and shows no key again', async () => {
  const [northwind, harbour] = [keyOf('northwind'), keyOf('harbour')]
  dev = startDev(['--port', '0'], { DATABASE_URL: 'postgres://shop_app@db.example.com/shop' })
  address = await dev.address()
  // 3 s are promised and 1 is what a quiet machine takes; other tests run beside this one.
  expect(performance.now() - dev.startedAt).toBeLessThan(10_000)
  expect(await buildings(northwind)).toHaveLength(3)
  expect(await buildings(harbour)).toHaveLength(2)
  await waitFor(() => dev.log.includes('Ctrl-C'), 10_000)
  expect(dev.log).not.toContain(northwind)
  expect(dev.log).toContain('demo-keys.json')
})

test('DATABASE_URL is ignored, and that is said loudly', () => {
  expect(dev.log).toContain('!! DATABASE_URL: set, and ignored here.')
})

test('killed, it leaves a database that the next start attaches to and then ends', async () => {
  const postgres = databasePid()
  process.kill(dev.pid, 'SIGKILL')
  await dev.ended()
  expect(isAlive(postgres)).toBe(true)

  dev = startDev()
  address = await dev.address()
  expect(databasePid()).toBe(postgres)
  expect(await buildings(keyOf('northwind'))).toHaveLength(3)
  dev.interrupt('SIGTERM')
  expect(await dev.ended()).toBe(0)
  expect(isAlive(postgres)).toBe(false)
})

test('nothing outlives a killed wrapper', async () => {
  dev = startWrapped(['dev', '--port', '0', '--config', join(here.folder, 'tenantry.config.ts')])
  address = await dev.address()
  const { pid } = JSON.parse(readFileSync(join(here.folder, '.tenantry/running.json'), 'utf8')) as { pid: number }
  const postgres = databasePid()
  process.kill(dev.pid, 'SIGKILL')
  await waitFor(() => !isAlive(pid) && !isAlive(postgres), 10_000)
  expect(await answers(address)).toBe(false)
})

test("what became of the demo's tenants is the developer's business: an erased one is not made again", async () => {
  dev = startDev()
  await dev.address()
  await waitFor(() => dev.log.includes('Ctrl-C'), 10_000)
  const erased = await tenantry(['tenant', 'erase', 'harbour', '--now', '--yes', 'harbour', '--reason', 'tidy', '--json'], {
    cwd: here.folder,
  })
  expect(erased.json.erased.counts).toMatchObject({ 'bms.buildings': 2, 'tenantry.tenants': 1 })
  await dev.stop()
  dev = startDev()
  address = await dev.address()
  await waitFor(() => dev.log.includes('Ctrl-C'), 10_000)
  expect(dev.log).not.toContain('harbour')
  expect(await buildings(keyOf('northwind'))).toHaveLength(3)
  await dev.stop()
})

test('a port that is taken is passed over, and one that was asked for is not', async () => {
  const neighbour = createServer()
  // Where somebody else has it, it is taken as well.
  await new Promise<void>((resolve) => neighbour.once('error', () => resolve()).listen(4400, '127.0.0.1', resolve))
  try {
    const asked = await tenantry(['dev', '--port', '4400', '--json'], { cwd: here.folder })
    expect(asked).toMatchObject({ code: 1, json: { error: { code: 'port_taken' } } })
    dev = startDev([])
    const port = Number(new URL(await dev.address()).port)
    expect(port).toBeGreaterThan(4400)
    expect(port).toBeLessThan(32_768)
  } finally {
    neighbour.close()
    await dev.stop()
  }
})

test('Ctrl-C during the first start ends it, and the next one makes up for it', async () => {
  const interrupted = project()
  const begin = () => start(['dev', '--port', '0'], { cwd: interrupted.folder })
  try {
    let run = begin()
    while (!run.log.includes('Making a PostgreSQL')) await sleep(20)
    run.interrupt()
    expect(await run.ended()).toBe(0)
    run = begin()
    await run.address()
    await run.stop()
  } finally {
    interrupted.remove()
  }
}, 60_000)

test('--empty starts without the demo', async () => {
  const clean = project()
  const empty = start(['dev', '--empty', '--port', '0'], { cwd: clean.folder })
  try {
    await empty.address()
    const { json } = await tenantry(['tenant', 'list', '--json'], { cwd: clean.folder })
    expect(json).toEqual({ items: [], next: null })
  } finally {
    await empty.stop()
    clean.remove()
  }
}, 60_000)
