import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bms } from '@tenantry/bms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsIn } from './axe.test-support.ts'
import {
  chromiumMissing,
  complaintsOf,
  openStage,
  type Stage,
  type StageTenant,
  signedInPage,
  stillness,
} from './browser.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

/** Sells white label with its larger plan, as the price list of a bank would. */
const { base, enterprise } = bms.tiers
const selling = {
  ...bms,
  tiers: { base: { ...base, features: [] }, enterprise: { ...enterprise, features: ['custom_domain', 'white_label'] } },
} as typeof bms

describe.skipIf(chromiumMissing !== undefined)('the brand editor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brand-'))
  let stage: Stage
  let tenant: StageTenant
  let page: Page

  beforeAll(async () => {
    stage = await openStage([selling])
    tenant = await stage.tenant({ name: 'Northwind', tier: 'enterprise' })
    page = await signedInPage(stage, await tenant.member('admin'))
  }, 300_000)
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await stage?.close()
  })

  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const saved = () => page.waitForResponse((response) => response.url().includes('/v1/brand/draft') && response.ok())

  /** The page comes anew, in what was published. */
  const publish = async () => {
    await Promise.all([page.waitForEvent('load'), button('Publish').click()])
    await stillness(page)
  }

  /** What somebody sees who is not signed in. */
  async function visit<T>(look: (visitor: Page) => Promise<T>, at = tenant): Promise<T> {
    const context = await stage.browser.newContext({ colorScheme: 'light' })
    try {
      const visitor = await context.newPage()
      await visitor.goto(`${at.origin}/sign-in`)
      await stillness(visitor)
      return await look(visitor)
    } finally {
      await context.close()
    }
  }
  const variable = (name: string) => (visitor: Page) =>
    visitor.evaluate((asked) => getComputedStyle(document.documentElement).getPropertyValue(asked).trim(), name)

  test('[FIN-1] [FIN-10] a changed brand is in the preview at once, and on the sign-in page of the host once it is published', async () => {
    await page.goto(`${tenant.origin}/brand`)
    await stillness(page)
    await Promise.all([saved(), button('Professional').click()])
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Nordwind Gebäude')
    await Promise.all([saved(), name.blur()])
    const footer = page.getByLabel('Footer')
    await footer.fill('Nordwind GmbH, Wien')
    await Promise.all([saved(), footer.blur()])
    const poweredBy = page.getByLabel('Say what this runs on')
    await Promise.all([saved(), poweredBy.click({ force: true })])
    const preview = page.locator('.brand-preview[data-scheme=light]')
    expect(await preview.innerText()).toContain('Nordwind GmbH, Wien')
    const filled = await preview.locator('.brand-preview-button').evaluate((element) => getComputedStyle(element).backgroundColor)
    expect(filled).toBe('rgb(36, 52, 71)')
    expect(await visit(variable('--brand-primary'))).toBe('#1f4e79')
    await publish()
    expect(await page.title()).toContain('Nordwind Gebäude')
    expect(await variable('--brand-primary')(page)).toBe('#243447')
    await visit(async (visitor) => {
      expect(await variable('--brand-primary')(visitor)).toBe('#243447')
      expect(await visitor.title()).toContain('Nordwind Gebäude')
      const text = await visitor.locator('body').innerText()
      expect(text).toContain('Nordwind GmbH, Wien')
      expect(`${text} ${await visitor.content()}`).not.toMatch(/tenantry/i)
    })
  }, 120_000)

  test('[FIN-10] the theme is light, dark, or as the device has it', async () => {
    const scheme = (colorScheme: 'light' | 'dark') => async () => {
      const context = await stage.browser.newContext({ colorScheme })
      const visitor = await context.newPage()
      await visitor.goto(`${tenant.origin}/sign-in`)
      await stillness(visitor)
      const shown = await visitor.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
      await context.close()
      return shown
    }
    for (const [preset, onLight, onDark] of [
      ['Dark', 'dark', 'dark'],
      ['Light', 'light', 'light'],
      ['As the device', 'light', 'dark'],
    ] as const) {
      await Promise.all([saved(), page.getByRole('group', { name: 'Begin with' }).getByRole('button', { name: preset }).click()])
      await publish()
      expect([await scheme('light')(), await scheme('dark')()], preset).toEqual([onLight, onDark])
    }
  }, 120_000)

  test('what cannot be read is told with its numbers, beside the colour', async () => {
    const primary = page.getByLabel('Primary colour')
    await primary.fill('#ffdd00')
    await Promise.all([saved(), primary.press('Enter')])
    await expect.poll(() => page.getByText(/#ffdd00 on #ffffff has a contrast of 1\.3/).isVisible()).toBe(true)
    expect(await faultsIn(page)).toEqual([])
    await button('Discard draft').click()
    await expect.poll(() => page.getByText('Everything can be read').isVisible()).toBe(true)
  }, 60_000)

  test('[FIN-1] a logo that is uploaded is on the sign-in page, and its scripts are nowhere', async () => {
    const svg = join(folder, 'logo.svg')
    writeFileSync(
      svg,
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" onload="alert(1)"><script>alert(1)</script><rect width="20" height="10" fill="#0a0"/></svg>',
    )
    const chooser = page.waitForEvent('filechooser')
    await button('Upload: Logo on light').click()
    await Promise.all([saved(), (await chooser).setFiles(svg)])
    await expect.poll(() => page.locator('.brand-preview[data-scheme=light] img').count()).toBe(1)
    await publish()
    await visit(async (visitor) => {
      const logo = visitor.locator('header img')
      expect(await logo.getAttribute('alt')).toBe('Nordwind Gebäude')
      expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480)
    })
  }, 60_000)

  test('going back to a version shows what it said, and is a version itself', async () => {
    await Promise.all([page.waitForEvent('load'), button('Go back to 1').click()])
    await expect
      .poll(
        () =>
          page
            .getByRole('row', { name: /Version 1/ })
            .first()
            .innerText(),
        { timeout: 15_000 },
      )
      .toMatch(/shown now/i)
    expect(await visit(variable('--brand-primary'))).toBe('#243447')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await faultsIn(page)).toEqual([])
    expect(complaintsOf.get(page)).toEqual([])
  }, 60_000)

  test('[FIN-10] a tenant below another looks as that one published, is told whose it is, has its own, and goes back', async () => {
    const child = await stage.tenant({ name: 'Pier One', tier: 'enterprise' })
    const maker = { actor: { kind: 'system', id: tenant.id } } as const
    await stage.tenantry.services.tenants.updateAsOperator(child.id, { parent: tenant.slug }, undefined, maker)
    await visit(async (visitor) => {
      expect(await variable('--brand-primary')(visitor)).toBe('#243447')
      expect(await visitor.title()).toContain('Pier One')
      const text = await visitor.locator('body').innerText()
      expect(text).toContain('Nordwind GmbH, Wien')
      expect(`${text} ${await visitor.content()}`).not.toMatch(/tenantry|northwind/i)
    }, child)
    const his = await signedInPage(stage, await child.member('admin'))
    await his.goto(`${child.origin}/brand`)
    await stillness(his)
    await expect.poll(() => his.getByText('Inherited from Nordwind Gebäude').count()).toBeGreaterThan(3)
    expect(await faultsIn(his)).toEqual([])
    const savedOf = () => his.waitForResponse((response) => response.url().includes('/v1/brand/draft') && response.ok())
    const footer = his.getByLabel('Footer')
    await footer.fill('Pier One, Boston')
    await Promise.all([savedOf(), footer.blur()])
    await Promise.all([his.waitForEvent('load'), his.getByRole('button', { name: 'Publish' }).click()])
    const footerOf = () => visit((visitor) => visitor.locator('body').innerText(), child)
    expect(await footerOf()).toContain('Pier One, Boston')
    await stillness(his)
    await Promise.all([savedOf(), his.getByRole('button', { name: 'Footer: as Nordwind Gebäude has it' }).click()])
    await Promise.all([his.waitForEvent('load'), his.getByRole('button', { name: 'Publish' }).click()])
    expect(await footerOf()).toContain('Nordwind GmbH, Wien')
    expect(complaintsOf.get(his)).toEqual([])
    await his.context().close()
  }, 120_000)

  test('[FIN-10] where the plan has no white label, the editor says which plan has it', async () => {
    const small = await stage.tenant({ name: 'Small', tier: 'base' })
    const his = await signedInPage(stage, await small.member('admin'))
    await his.goto(`${small.origin}/brand`)
    await stillness(his)
    await his.getByLabel('Say what this runs on').click({ force: true })
    const refused = his.getByRole('alert').filter({ hasText: 'Your plan does not include this' })
    await refused.waitFor()
    expect(await refused.innerText()).toContain('The plan “base” does not include white_label. It comes with: enterprise.')
    await his.context().close()
  }, 60_000)

  test('[FIN-10] a tenant that is blocked says so in its own brand, readable for everybody, and names nobody else', async () => {
    const scope = stage.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    await stage.tenantry.services.tenants.moveInside(scope, 'suspend', { reason: 'A test', mode: 'blocked' })
    expect(await visit((visitor) => visitor.title())).toBe('Closed for now · Nordwind Gebäude')
    await visit(async (visitor) => {
      const text = await visitor.locator('body').innerText()
      expect(text).toContain('Nordwind GmbH, Wien')
      expect(`${text} ${await visitor.content()}`).not.toMatch(/tenantry/i)
      expect(await variable('--brand-primary')(visitor)).toBe('#243447')
      expect(await faultsIn(visitor)).toEqual([])
    })
  }, 60_000)
})
