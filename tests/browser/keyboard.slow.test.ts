import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, signIn, startConsole, stillness, type Visitor } from './browser.test-support.ts'
import { type Keyboard, keyboardOf } from './keyboard.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`with the keyboard alone ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let owner: Visitor
  let page: Page
  let keys: Keyboard

  beforeAll(async () => {
    here = await startConsole()
    owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
    page = owner.page
    keys = keyboardOf(page)
    await owner.open(here.addressOf('northwind'))
  }, 240_000)
  afterAll(() => here?.close())

  const button = (name: string) => page.getByRole('button', { name, exact: true })

  test('the first stop leads past the menu to the content, and every stop is seen', async () => {
    await keys.press('Tab')
    const skip = page.locator('.skip-link')
    expect(await keys.has(skip)).toBe(true)
    expect(await skip.evaluate((element) => element.getBoundingClientRect().left)).toBeGreaterThanOrEqual(0)
    await keys.press('Enter')
    await expect.poll(() => keys.has(page.locator('#content'))).toBe(true)
    await keys.goTo(page.getByRole('link', { name: 'Plan and usage' }).last())
    const seen = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)
    expect(seen).not.toBe('none')
  })

  test('a building is opened by the palette, and its span of time is changed', async () => {
    await keys.byPalette('Buildings')
    await keys.follow(page.getByRole('link', { name: 'Castle Street' }))
    await page.locator('.uplot canvas').first().waitFor()
    await keys.goTo(page.getByRole('radio', { name: '1 day' }))
    await keys.press('ArrowRight')
    await page.waitForURL(/last=7d/)
  })

  test('the own menu changes the language, and leads out', async () => {
    await keys.goTo(button('Your menu'))
    await keys.press('Enter')
    await keys.goTo(page.getByRole('menuitem', { name: 'Deutsch' }), 'ArrowDown')
    await keys.press('Enter')
    await page.getByRole('button', { name: 'Ihr Menü' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await keys.goTo(page.getByRole('button', { name: 'Ihr Menü' }))
    await keys.press('Enter')
    await keys.goTo(page.getByRole('menuitem', { name: 'Abmelden' }), 'ArrowDown')
    await keys.press('Enter')
    await page.waitForURL(here.addressOf('northwind', '/sign-in'))
  })

  test('who belongs to several tenants goes to another', async () => {
    const both = await here.visitor()
    const { goTo, press } = keyboardOf(both.page)
    await both.open(here.addressOf('northwind', '/sign-in'))
    await signIn(both.page, here.person('both@example.com'))
    await stillness(both.page)
    await goTo(both.page.getByRole('button', { name: 'Your other tenants', exact: true }))
    await press('Enter')
    await goTo(both.page.getByRole('menuitem', { name: 'Harbour Estates' }), 'ArrowDown')
    await press('Enter')
    await both.page.waitForURL(here.addressOf('harbour'))
    await both.page.getByRole('heading', { level: 1 }).waitFor()
    await both.close()
  })
})
