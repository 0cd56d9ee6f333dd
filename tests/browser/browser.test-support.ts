import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { operatorsRealm } from '../../platform/src/identity/realms.ts'
import { openChromium } from './chromium.test-support.ts'
import { type InstalledConsole, type InstallOptions, installConsole, type Person } from './installation.test-support.ts'

export { chromiumMissing } from './chromium.test-support.ts'
export type { InstalledConsole, Person } from './installation.test-support.ts'
export * from './stage.test-support.ts'

/** A browser of somebody's own: no cookie, no storage, one page. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What the browser complained of: errors of scripts, what the policy refused, requests that failed or went to another host. */
  readonly complaints: string[]
  /** Goes to an address and waits until the page stands still. */
  readonly open: (address: string) => Promise<void>
  /** Goes to another page of the same host as its links do, without loading everything anew; a first visit opens it. */
  readonly turnTo: (address: string) => Promise<void>
  readonly close: () => Promise<void>
}

export interface ConsoleInBrowser extends InstalledConsole {
  readonly browser: Browser
  /** `('northwind', '/members')`, `('dashboard')`, or `('')` for the bare domain. */
  readonly addressOf: (slug: string, path?: string) => string
  /** Nobody yet; for somebody who is signed in already see `visitorAs`. */
  readonly visitor: (options?: BrowserContextOptions) => Promise<Visitor>
  /** Somebody whose session on the host began without the sign-in page, which costs a second. An operator's is on `dashboard`. */
  readonly visitorAs: (person: Person, slug: string, options?: BrowserContextOptions) => Promise<Visitor>
}

/**
 * The whole product in a real browser: an installation with the demo's tenants and people, and Chromium.
 *
 * @example
 * const here = await startConsole()
 * afterAll(() => here?.close())
 * const { page, open } = await here.visitor()
 * await open(here.addressOf('northwind'))
 * await signIn(page, here.person('owner@northwind.example'))
 */
export async function startConsole(options?: InstallOptions): Promise<ConsoleInBrowser> {
  const [installed, browser] = await Promise.all([installConsole(options), openChromium()])
  const hostOf = (slug: string) => (slug === '' ? 'localhost' : `${slug}.localhost`)
  const visitor = async (wanted: BrowserContextOptions = {}) => visitorIn(await browser.newContext({ ...usual, ...wanted }))
  return {
    ...installed,
    browser,
    addressOf: (slug, path = '/') => `http://${hostOf(slug)}:${installed.port}${path}`,
    visitor,
    async visitorAs(person, slug, wanted) {
      const cookie = await cookieOf(installed, person, slug, hostOf(slug))
      const made = await visitor(wanted)
      await made.context.addCookies([cookie])
      return made
    },
    async close() {
      await browser.close()
      await installed.close()
    },
  }
}

const usual: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: 'Europe/London',
  reducedMotion: 'reduce',
}

async function visitorIn(context: BrowserContext): Promise<Visitor> {
  const complaints: string[] = []
  const tell = (what: string) => complaints.push(what)
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') tell(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => tell(`${error.error().message} (${error.page()?.url()})`))
  context.on('requestfailed', (request) => {
    // A page that is left gives up what it still asked for.
    const reason = request.failure()?.errorText
    if (reason !== 'net::ERR_ABORTED') tell(`${request.method()} ${request.url()}: ${reason}`)
  })
  context.on('request', (request) => {
    // First: of a tab that is just being opened there is no frame yet.
    if (request.isNavigationRequest() || !/^https?:/.test(request.url())) return
    const from = request.frame().url()
    if (new URL(request.url()).host !== new URL(from).host) tell(`${from} asked ${request.url()}`)
  })
  // A first page is compressed, compiled and drawn, on a machine that does much else.
  context.setDefaultNavigationTimeout(120_000)
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const open = async (address: string) => {
    await page.goto(address)
    await stillness(page)
  }
  return {
    context,
    page,
    complaints,
    open,
    async turnTo(address) {
      if (page.url() === 'about:blank') return open(address)
      await page.evaluate((there) => history.pushState(null, '', there), address)
      await stillness(page)
    },
    close: () => context.close(),
  }
}

/** Until the page shows something of its own, and has asked nothing for a while. Streams that stay open do not count. */
export async function stillness(page: Page): Promise<void> {
  const shown = page.locator('h1, h2, [role=alert]').filter({ visible: true }).first()
  await shown.waitFor().catch(async () => {
    const text = await page.locator('body').innerText()
    throw new Error(`${page.url()} shows nothing of its own: "${text.slice(0, 500).replaceAll('\n', ' ')}"`)
  })
  let last = performance.now()
  const open = new Set<unknown>()
  const began = (request: { resourceType(): string; url(): string }) => {
    if (!/\/(live|stream|events)\b/.test(request.url())) open.add(request)
    last = performance.now()
  }
  const ended = (request: unknown) => {
    open.delete(request)
    last = performance.now()
  }
  page.on('request', began).on('requestfinished', ended).on('requestfailed', ended)
  while (performance.now() - last < 250 || (open.size > 0 && performance.now() - last < 10_000)) await page.waitForTimeout(50)
  page.off('request', began).off('requestfinished', ended).off('requestfailed', ended)
}

/** By the sign-in page that is shown or that the address leads to; the code of an operator's app is typed too. Ends at the page after it. */
export async function signIn(page: Page, { email, password, code }: Person): Promise<void> {
  await page.getByLabel('Mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  if (code !== undefined) {
    const field = page.locator('input[name=code]')
    await field.waitFor()
    await field.fill(await code())
    await page.locator('button[type=submit]').click()
  }
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

async function cookieOf({ tenantry }: InstalledConsole, { email, code }: Person, slug: string, host: string) {
  const tenant = slug === 'dashboard' || slug === '' ? undefined : await tenantry.directory.tenantBySlug(slug)
  const realmId = tenant?.realmId ?? (slug === 'dashboard' ? operatorsRealm : undefined)
  if (realmId === undefined) throw new Error(`No tenant is called ${slug}.`)
  const known = await tenantry.services.identity.findUserByEmail(realmId, email)
  if (known === undefined) throw new Error(`Nobody is ${email} there.`)
  const door = { host, tenantId: tenant?.id, address: '127.0.0.1', userAgent: undefined }
  const methods = code === undefined ? ['password'] : ['password', 'totp']
  const { cookie } = await tenantry.services.identity.startSession(known, door, methods)
  const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
  return { name, value, domain: host, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' as const }
}
