import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing } from './browser.test-support.ts'
import { openChromium } from './chromium.test-support.ts'
import { click, type RunningDemo, startDemo } from './demo.test-support.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const steps = /by clicking:\n((?:\d\. .*\n(?: {3}.*\n)*)+)/.exec(readme)?.[1] ?? ''
/** What the steps say in bold is clicked, in this order. */
const clicks = [...steps.matchAll(/\*\*(.+?)\*\*/g)].map(([, words = '']) => words)

const primary = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand-primary').trim())

describe.skipIf(chromiumMissing !== undefined)(`the README's tour by clicking ${chromiumMissing ?? ''}`, () => {
  let demo: RunningDemo
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([startDemo(), openChromium()])
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  test('[FIN-10] [BMS-12] every step does what it says, within five minutes', async () => {
    const before = new Map<string, string>()
    /** What the README promises of a click. */
    const promises: Readonly<Record<string, () => Promise<void>>> = {
      'Owner of Northwind Offices': async () => expect(page.url()).toBe(demo.addressOf('northwind')),
      'Castle Street': async () => {
        await page.locator('.uplot canvas').first().waitFor()
        await page.getByRole('button', { name: /table/i }).or(page.getByText(/table/i)).first().waitFor()
      },
      Professional: async () => void before.set('primary', await primary(page)),
      Publish: async () => page.getByText('As published').first().waitFor(),
      'Sign out': async () => {
        expect(new URL(page.url()).pathname).toBe('/sign-in')
        expect(await primary(page)).not.toBe(before.get('primary'))
      },
      'Viewer of Northwind Offices': async () => {
        expect(page.url()).toBe(demo.addressOf('northwind'))
        expect(await primary(page)).not.toBe(before.get('primary'))
      },
    }
    expect(clicks).toEqual(expect.arrayContaining(Object.keys(promises)))
    const startedAt = performance.now()
    await page.goto(`${demo.origin}/`)
    for (const words of clicks) {
      await click(page, words)
      await promises[words]?.()
    }
    expect(performance.now() - startedAt).toBeLessThan(300_000)
  }, 400_000)

  test('the operator of the demo comes to the console of the operators', async () => {
    await page.goto(`${demo.origin}/`)
    await click(page, 'Operator')
    if (new URL(page.url()).pathname === '/sign-in') await click(page, 'Operator')
    expect(page.url()).toBe(demo.addressOf('dashboard'))
    await page.getByRole('link', { name: 'Tenants', exact: true }).waitFor()
  }, 120_000)
})
