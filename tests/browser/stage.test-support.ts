import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createTenantry, makeMasterKey, type SystemDefinition, sql, type Tenantry, type TenantryOptions } from 'tenantry'
import { fewConnections, type TestDatabase, testDatabase } from 'tenantry/testing'
import { openChromium } from './chromium.test-support.ts'
import { copyOfConsole } from './installation.test-support.ts'

/** A listening installation, and a browser to look at it with. */
export interface Stage {
  readonly tenantry: Tenantry
  readonly database: TestDatabase
  readonly browser: Browser
  readonly port: number
  /** Origin of a host below the base domain: `origin('dashboard')`; the base domain itself without a label. */
  readonly origin: (label?: string) => string
  readonly tenant: (options?: TenantOptions) => Promise<StageTenant>
  readonly close: () => Promise<void>
}

export interface TenantOptions {
  readonly name?: string
  readonly system?: string
  readonly tier?: string
}

export interface StageTenant {
  readonly id: string
  readonly slug: string
  readonly origin: string
  /** Credential of a key that may do everything in it. */
  readonly key: string
  /** A new member who can sign in. `reach: 'granted'` limits to what is granted afterwards. */
  readonly member: (role: string, options?: { readonly reach?: 'all' | 'granted' }) => Promise<StageMember>
  /** Calls the API with the tenant's key. Throws unless the answer is a 2xx. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any route
  readonly call: (method: string, path: string, body?: unknown) => Promise<any>
  /** The same with a text of another type. */
  readonly send: (method: string, path: string, text: string, type: string) => Promise<void>
}

export interface StageMember {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly origin: string
}

const maker = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const

export async function openStage(
  systems: readonly SystemDefinition[],
  configuration: NonNullable<TenantryOptions['configuration']> = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-stage-'))
  const consoleFolder = await copyOfConsole(join(folder, 'console'))
  const database = await testDatabase({ systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })) })
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems,
    configuration: {
      logLevel: 'silent',
      consoleFolder,
      ...fewConnections,
      masterKeys: [makeMasterKey()],
      addressRate: 36_000_000,
      keyRate: 36_000_000,
      personRate: 1_000_000,
      ...configuration,
    },
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  const browser = await openChromium()
  const origin = (label?: string) => `http://${label === undefined ? '' : `${label}.`}localhost:${port}`
  return {
    tenantry,
    database,
    browser,
    port,
    origin,
    tenant: (options = {}) => makeTenant(tenantry, origin, port, { system: systems[0]?.name ?? '', ...options }),
    async close() {
      await browser.close()
      await tenantry.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function makeTenant(
  tenantry: Tenantry,
  origin: (label: string) => string,
  port: number,
  { system, tier, name }: TenantOptions & { readonly system: string },
): Promise<StageTenant> {
  const { services, directory, scope } = tenantry
  const slug = `t${randomBytes(6).toString('hex')}`
  const { id } = await services.tenants.provision({ slug, name: name ?? slug, system, ...(tier && { tier }) }, { actor: maker })
  const entry = await directory.tenantById(id)
  if (entry === undefined) throw new Error('The directory does not know the new tenant.')
  const everything = services.keys.everythingIn(entry)
  const ofTenant = scope({ tenantId: id, actor: maker })
  const { credential } = await services.keys.create(
    ofTenant,
    { name: 'stage', permissions: [...everything.permissions] },
    everything,
  )
  return {
    id,
    slug,
    origin: origin(slug),
    key: credential,
    async member(role, { reach = 'all' } = {}) {
      const email = `${randomBytes(6).toString('hex')}@example.com`
      const password = `${randomBytes(9).toString('hex')} of a member`
      const person = await services.identity.createUser(entry.realmId, { email, name: `The ${role}`, password, verified: true })
      const [member] = await ofTenant.run(sql<{ id: string }>`insert into tenantry.members (user_id, email, name, role, reach)
        values (${person.id}, ${email}, ${`The ${role}`}, ${role}, ${reach}) returning id`)
      await directory.catchUp()
      return { id: member?.id ?? '', email, password, origin: origin(slug) }
    },
    async call(method, path, body) {
      const text = await ask(method, path, body === undefined ? {} : { text: JSON.stringify(body), type: 'application/json' })
      return text === '' ? undefined : JSON.parse(text)
    },
    async send(method, path, text, type) {
      await ask(method, path, { text, type })
    },
  }

  async function ask(method: string, path: string, { text, type }: { text?: string; type?: string }): Promise<string> {
    const headers = { authorization: `Bearer ${credential}`, ...(type && { 'content-type': type }) }
    // By the API's own address: Node does not know the hosts below localhost everywhere.
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(text !== undefined && { body: text }) })
    const told = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${told}`)
    return told
  }
}

/** What a page said on the console and what it could not do; a page without faults leaves it empty. */
export const complaintsOf = new WeakMap<Page, string[]>()

/**
 * A page of somebody who is signed in on his tenant's host. By the API and not by the sign-in page, so that a test fails by what
 * it is about.
 */
export async function signedInPage(
  stage: Pick<Stage, 'browser'>,
  { origin, email, password }: StageMember,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const context = await stage.browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', ...options })
  const page = await pageOf(context)
  await page.goto(`${origin}/sign-in`)
  const status = await page.evaluate(
    async (body) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch('/v1/auth/sign-in', { method: 'POST', headers, body: JSON.stringify(body) })).status
    },
    { email, password },
  )
  if (status !== 200) throw new Error(`Signing in was answered ${status}.`)
  return page
}

export async function pageOf(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  complaintsOf.set(page, complaints)
  return page
}
