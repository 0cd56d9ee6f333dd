import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import { createTenantry, makeMasterKey, sql } from 'tenantry'
import { rollUpPoints } from '../platform/src/telemetry/roll-up.ts'
import { bmsPoints } from '../systems/bms/src/point-store.ts'
import { bms } from '../systems/bms/src/system.ts'
import { openChromium } from '../tests/browser/chromium.test-support.ts'
import type { Installation } from './database/installation.ts'

/** The portal of a tenant, open in a browser, and the ways to give it something to show. */
export interface ConsolePage {
  readonly page: Page
  /** Where the API is. */
  readonly api: string
  /** Headers of whoever sends points. */
  readonly writing: Readonly<Record<string, string>>
  readonly building: (name: string) => Promise<string>
  /** Lines of line protocol, times in seconds. */
  readonly write: (lines: string) => Promise<void>
  readonly rollUp: () => Promise<void>
  /** Opens a building's page, and waits for its first picture. Milliseconds since 1970. */
  readonly show: (building: string, span: { readonly start: number; readonly end: number }) => Promise<void>
  readonly close: () => Promise<void>
}

const maker = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000e' } as const

export async function openConsolePage({ appUrl }: Installation): Promise<ConsolePage> {
  await using cleanUp = new AsyncDisposableStack()
  const configuration = { masterKeys: [makeMasterKey()], logLevel: 'silent', keyRate: 36_000_000, personRate: 1_000_000 } as const
  const tenantry = cleanUp.adopt(await createTenantry({ databaseUrl: appUrl, systems: [bms], configuration }), (each) =>
    each.close(),
  )
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  const { services, directory } = tenantry
  const slug = `b${randomBytes(6).toString('hex')}`
  const tenant = await services.tenants.provision({ slug, name: 'Bench', system: 'bms', tier: 'enterprise' }, { actor: maker })
  const entry = await directory.tenantById(tenant.id)
  if (entry === undefined) throw new Error('The directory does not know the new tenant.')
  const scope = tenantry.scope({ tenantId: tenant.id, actor: maker })
  const everything = services.keys.everythingIn(entry)
  const { credential } = await services.keys.create(
    scope,
    { name: 'bench', permissions: [...everything.permissions] },
    everything,
  )

  const email = `${slug}@example.com`
  const person = await services.identity.createUser(entry.realmId, { email, name: 'Bench', verified: true })
  await scope.run(
    sql`insert into tenantry.members (user_id, email, name, role) values (${person.id}, ${email}, 'Bench', 'viewer')`,
  )
  await directory.catchUp()
  const host = `${slug}.localhost`
  const origin = `http://${host}:${port}`
  const door = { realmId: entry.realmId, host, origin, tenantId: tenant.id, address: '127.0.0.1', userAgent: undefined }
  const { cookie } = await services.identity.startSession(person, door, ['password'])
  const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')

  const browser = cleanUp.adopt(await openChromium(), (each) => each.close())
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } })
  await context.addCookies([{ name, value, domain: host, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }])
  const page = await context.newPage()
  const api = `http://127.0.0.1:${port}`
  const send = async (path: string, body: string, type: string) => {
    const answer = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': type },
      body,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`)
    return text
  }
  const running = cleanUp.move()
  return {
    page,
    api,
    writing: { authorization: `Token ${credential}`, 'content-type': 'text/plain' },
    building: async (called) =>
      JSON.parse(await send('/v1/bms/buildings', JSON.stringify({ name: called }), 'application/json')).id,
    async write(lines) {
      await send('/api/v2/write?precision=s', lines, 'text/plain')
    },
    async rollUp() {
      while ((await rollUpPoints(scope, bmsPoints, { all: true })) > 0);
    },
    async show(building, { start, end }) {
      const query = new URLSearchParams({ from: new Date(start).toISOString(), to: new Date(end).toISOString() })
      await page.goto(`${origin}/views/buildings/${building}?${query}`)
      await page.locator('.u-over').first().waitFor()
      await page.waitForTimeout(1_000)
    },
    close: () => running.disposeAsync(),
  }
}
