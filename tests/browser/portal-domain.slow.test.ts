import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bms } from '@tenantry/bms'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NameServer, nameServer } from '../../platform/src/domains/name-server.test-support.ts'
import { freePort } from '../../platform/src/testing/free-port.ts'
import { missing, startProxy } from '../domains/proxies.test-support.ts'
import {
  chromiumMissing,
  complaintsOf,
  openStage,
  type Stage,
  type StageTenant,
  signedInPage,
  stillness,
} from './browser.test-support.ts'
import { openChromium } from './chromium.test-support.ts'

const skipped = chromiumMissing ?? missing('caddy', 'version')
if (skipped !== undefined) console.error(skipped)

const host = 'cloud.client.co.uk'

/** Of a machine that does much else. */
const patience = { timeout: 60_000 }

describe.skipIf(skipped !== undefined)('a domain of the tenant’s own', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-domain-'))
  let dns: NameServer
  let stage: Stage
  let caddy: { stop(): Promise<void> }
  let browser: Browser
  let tenant: StageTenant
  let page: Page
  let httpsPort: number

  beforeAll(async () => {
    dns = await nameServer()
    const [httpPort, metricsPort] = [await freePort(), await freePort()]
    httpsPort = await freePort()
    const proxied = {
      trustedProxies: ['127.0.0.1'],
      publicScheme: 'https',
      publicPort: httpsPort,
      baseDomain: 'tenantry.app',
    } as const
    stage = await openStage([bms], { ...proxied, metricsPort, dnsServers: [dns.address], domainTargets: ['edge.tenantry.app'] })
    const shipped = readFileSync(new URL('../../deploy/Caddyfile', import.meta.url), 'utf8')
    const local = ['local_certs', 'skip_install_trust', 'admin off', `http_port ${httpPort}`, `https_port ${httpsPort}`]
    writeFileSync(join(folder, 'Caddyfile'), shipped.replace(/^\{\n/m, `{\n${local.map((line) => `\t${line}\n`).join('')}`))
    const upstream = { TENANTRY_UPSTREAM: `127.0.0.1:${stage.port}`, TENANTRY_METRICS_ADDRESS: `127.0.0.1:${metricsPort}` }
    const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    const args = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile']
    caddy = await startProxy('caddy', args, httpsPort, { ...process.env, ...home, ...upstream })
    // To this browser every name leads to the proxy.
    browser = await openChromium(['--host-resolver-rules=MAP * 127.0.0.1'])
    tenant = await stage.tenant({ name: 'Northwind', tier: 'base' })
    page = await signedInPage({ browser }, await adminOf(tenant), { ignoreHTTPSErrors: true })
    page.setDefaultTimeout(patience.timeout)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await caddy?.stop()
    await stage?.close()
    dns?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const adminOf = async (of: StageTenant) => ({
    ...(await of.member('admin')),
    origin: `https://${of.slug}.tenantry.app:${httpsPort}`,
  })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const open = async (path: string) => {
    await page.goto(`https://${tenant.slug}.tenantry.app:${httpsPort}${path}`)
    await stillness(page)
  }

  test('[BMS-7] a domain is a paid feature: the page says so, and the add-on brings it', async () => {
    await open('/domains')
    await page.getByText('Your plan has no domains of your own').waitFor()
    expect(await button('Add a domain').isDisabled()).toBe(true)
    await page.getByRole('link', { name: 'See the add-ons' }).click()
    await page.getByRole('button', { name: /Buy Custom domain, £50.00 once/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Buy', exact: true }).click()
    await page.getByText('Custom domain is yours.').waitFor()
    await open('/domains')
    await expect.poll(() => button('Add a domain').isDisabled(), patience).toBe(false)
  })

  test('[BMS-7] a claimed domain says what its DNS needs, is served as soon as that is there, in the tenant’s brand, and people sign in on it', async () => {
    await button('Add a domain').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Domain').fill(host)
    await dialog.getByRole('button', { name: 'Add a domain' }).click()
    const card = page.locator(`[data-domain="${host}"]`)
    await card.getByRole('button', { name: 'Check now' }).click()
    await card.getByText('The proof is missing').waitFor()
    // As somebody copies them: from the page, not from the API.
    for (const row of await card.locator('tbody tr').all()) {
      const type = (await row.locator('td').first().textContent()) ?? ''
      const [name = '', value = ''] = await row.locator('pre').allTextContents()
      dns.records.set(`${name} ${type}`, [value])
    }
    await card.getByRole('button', { name: 'Check now' }).click()
    await card.and(page.locator('[data-state=served]')).waitFor()
    await card.getByRole('button', { name: 'Make primary' }).click()
    await card.getByText('Primary', { exact: true }).waitFor()

    const origin = `https://${host}:${httpsPort}`
    const visitor = await signedInPage({ browser }, { ...(await tenant.member('viewer')), origin }, { ignoreHTTPSErrors: true })
    await visitor.goto(`${origin}/`)
    await visitor.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(await visitor.title()).toBe('Overview · Northwind')
    expect(complaintsOf.get(visitor)).toEqual([])
    await visitor.context().close()
  })

  test('[BMS-7] a domain that was given up is served no more; whoever does it types its name', async () => {
    const card = page.locator(`[data-domain="${host}"]`)
    await card.getByRole('button', { name: 'Give up' }).click()
    const dialog = page.getByRole('dialog')
    const act = dialog.getByRole('button', { name: 'Give up' })
    expect(await act.isDisabled()).toBe(true)
    await dialog.getByLabel('Name').fill(host)
    await act.click()
    await page.getByText('There is no domain yet').waitFor()
    await open('/')
    const answer = await page.request
      .get(`https://127.0.0.1:${httpsPort}/`, { headers: { host }, ignoreHTTPSErrors: true })
      .catch(() => undefined)
    expect(answer?.status() ?? 404).not.toBe(200)
  })
})
