import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createOTP } from '@better-auth/utils/otp'
import { bms } from '@tenantry/bms'
import { renewDemoPeople } from '@tenantry/bms/demo/people'
import { seedDemo } from '@tenantry/bms/demo/seed'
import { type Configuration, createTenantry, makeMasterKey, type SystemDefinition, type Tenantry } from 'tenantry'
import { fewConnections, type TestDatabase, testDatabase } from 'tenantry/testing'
import { operatorsRealm } from '../../platform/src/identity/realms.ts'
import { ensureConsoleBuilt } from '../../scripts/build-console.mjs'

/** Somebody who can sign in, by what the sign-in page asks for. */
export interface Person {
  readonly email: string
  readonly name: string
  readonly password: string
  /** Shows the code of the moment; operators alone have an app. Each is good once: ask when it is typed. */
  readonly code?: () => Promise<string>
}

export interface InstalledConsole {
  readonly tenantry: Tenantry
  readonly port: number
  readonly database: TestDatabase
  /** `northwind`, `harbour` and `demo-corp`, as `npm start` has them, by slug. */
  readonly tenants: Readonly<Record<string, { readonly id: string; readonly key: string }>>
  /** `viewer@northwind.example`: one of each role in every tenant, and the demo's others. */
  readonly person: (email: string) => Person
  readonly operator: Person & { readonly id: string }
  /** The last mail to the address, as soon as there is one that says so. */
  readonly mailTo: (email: string, saying?: RegExp) => Promise<string>
  readonly close: () => Promise<void>
}

export interface InstallOptions {
  readonly systems?: readonly SystemDefinition[]
  readonly configuration?: Partial<Configuration>
}

/** The demo's tenants and people on a database of their own, with the console that the sources make, on a free port. */
export async function installConsole({ systems = [bms], configuration }: InstallOptions = {}): Promise<InstalledConsole> {
  await using cleanUp = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-browser-'))
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }))
  const consoleFolder = await copyOfConsole(join(folder, 'console'))
  const database = await testDatabase({ systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })) })
  cleanUp.defer(() => database.drop())
  const outbox = join(folder, 'mail')
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems,
    configuration: {
      logLevel: 'silent',
      consoleFolder,
      ...fewConnections,
      mailUrl: pathToFileURL(outbox).href,
      masterKeys: [makeMasterKey()],
      // One browser is many people, and faster than any of them.
      addressRate: 36_000_000,
      keyRate: 36_000_000,
      personRate: 1_000_000,
      networkAttempts: 1_000_000,
      ...configuration,
    },
  })
  cleanUp.defer(() => tenantry.close())
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  const demo = await seedDemo(tenantry)
  const people = await renewDemoPeople(tenantry)
  const operator = await makeOperator(tenantry)
  await tenantry.directory.catchUp()
  const running = cleanUp.move()
  return {
    tenantry,
    port,
    database,
    tenants: Object.fromEntries(demo.map(({ slug, tenantId, keys }) => [slug, { id: tenantId, key: keys?.developer ?? '' }])),
    person(email) {
      const found = people.find((each) => each.email === email)
      if (found === undefined) throw new Error(`There is no ${email} in the demo.`)
      return found
    },
    operator,
    mailTo: (email, saying = /./) => mailIn(outbox, email, saying),
    close: () => running.disposeAsync(),
  }
}

/** Of this test alone: another that builds anew empties the folder of the build first. */
export async function copyOfConsole(to: string): Promise<string> {
  const dist = fileURLToPath(new URL('../../console/dist/', import.meta.url))
  const stamp = () => (existsSync(join(dist, '.stamp')) ? readFileSync(join(dist, '.stamp'), 'utf8') : undefined)
  for (;;) {
    await ensureConsoleBuilt()
    const before = stamp()
    try {
      cpSync(dist, to, { recursive: true })
    } catch {
      continue // emptied at that moment
    }
    if (before !== undefined && stamp() === before) return to
  }
}

/** Invited, accepted, with an app that his first code has confirmed. */
async function makeOperator(tenantry: Tenantry): Promise<Person & { readonly id: string }> {
  const { operators, identity } = tenantry.services
  const email = 'olivia@operators.example'
  const name = 'Olivia Operator'
  const password = randomBytes(18).toString('base64url')
  const { operator, token } = await operators.invite({ email, name })
  await operators.accept(token, password)
  const person = await identity.findUserByEmail(operatorsRealm, email)
  if (person === undefined) throw new Error('An operator who has accepted is a person.')
  const door = {
    realmId: operatorsRealm,
    host: 'dashboard.localhost',
    origin: tenantry.addressOf('dashboard'),
    tenantId: undefined,
    address: '127.0.0.1',
    userAgent: undefined,
    requestId: 'test',
  }
  const session = await identity.startSession(person, door, ['password', 'link'])
  const principal = {
    ...person,
    kind: 'person',
    session: { kind: 'browser', id: session.id },
    tenantId: undefined,
    methods: ['password', 'link'],
  } as const
  const { secret } = await identity.totp.begin(principal, door, password)
  const app = createOTP(fromBase32(secret), { digits: 6, period: 30 })
  const step = () => Math.floor(tenantry.directory.clock() / 30_000)
  let last = step() - 1 // of the half minute before: the next is good at once
  await identity.totp.confirm(principal, door, await app.hotp(last))
  const code = async () => {
    // A code is good once, and that of the next half minute is taken already.
    while (last >= step() + 1) await sleep(500)
    last = Math.max(last + 1, step())
    return app.hotp(last)
  }
  return { id: operator.id, email, name, password, code }
}

function fromBase32(text: string): string {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}

async function mailIn(outbox: string, email: string, saying: RegExp): Promise<string> {
  const file = join(outbox, `${email.replaceAll(/[^\w.@+-]/g, '_')}.txt`)
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    const mail = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    if (mail !== undefined && saying.test(mail)) return mail
  }
  throw new Error(`No mail came for ${email}.`)
}
