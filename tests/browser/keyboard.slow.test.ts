import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, signIn, startConsole, stillness, type Visitor } from './browser.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`with the keyboard alone ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let owner: Visitor
  let page: Page

  beforeAll(async () => {
    here = await startConsole()
    owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
    page = owner.page
    await owner.open(here.addressOf('northwind'))
  }, 240_000)
  afterAll(() => here?.close())

  const press = (key: string) => page.keyboard.press(key)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const has = (target: Locator) => target.evaluate((element) => element === document.activeElement)

  /** By the key that goes from one to the next, as often as it takes; what has the focus shows it. */
  async function goTo(target: Locator, key = 'Tab'): Promise<void> {
    await target.waitFor({ state: 'attached' })
    for (let times = 0; times < 150; times += 1) {
      if (await has(target)) return
      await press(key)
    }
    throw new Error(`${key} does not lead to ${target}.`)
  }

  async function follow(target: Locator): Promise<void> {
    await goTo(target)
    await press('Enter')
    await page.waitForTimeout(200)
    await stillness(page)
  }

  async function byPalette(name: string): Promise<void> {
    await press('Control+k')
    await page.getByLabel('Go to a page, or search').waitFor()
    await page.keyboard.type(name)
    await page.locator('.mantine-Spotlight-action').first().waitFor()
    await press('Enter')
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await stillness(page)
  }

  test('the first stop leads past the menu to the content, and every stop is seen', async () => {
    await press('Tab')
    const skip = page.locator('.skip-link')
    expect(await has(skip)).toBe(true)
    expect(await skip.evaluate((element) => element.getBoundingClientRect().left)).toBeGreaterThanOrEqual(0)
    await press('Enter')
    await expect.poll(() => has(page.locator('#content'))).toBe(true)
    await goTo(page.getByRole('link', { name: 'Plan and usage' }).last())
    const seen = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)
    expect(seen).not.toBe('none')
  })

  test('the menu leads to a page, and somebody is invited there', async () => {
    await owner.open(here.addressOf('northwind'))
    await follow(page.getByRole('link', { name: 'Invitations', exact: true }))
    await follow(button('Invite').first())
    await page.getByLabel('Mail address').waitFor()
    expect(await has(page.getByLabel('Mail address'))).toBe(true)
    await page.keyboard.type('keyboard@example.com')
    await press('Enter')
    await page.getByRole('cell', { name: /^keyboard@example.com/ }).waitFor()
  })

  test('the palette leads to the keys, and one is made and shown', async () => {
    await byPalette('API keys')
    await follow(button('New key').first())
    await goTo(page.getByRole('textbox', { name: 'Name' }))
    await page.keyboard.type('By keyboard')
    await goTo(page.getByRole('dialog').getByRole('checkbox').first())
    await press('Space')
    await follow(page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }))
    await page.getByText('The key “By keyboard”').waitFor()
    await press('Escape')
  })

  test('a building is opened, and its span of time is changed', async () => {
    await byPalette('Buildings')
    await follow(page.getByRole('link', { name: 'Castle Street' }))
    await page.locator('.uplot canvas').first().waitFor()
    await goTo(page.getByRole('radio', { name: '1 day' }))
    await press('ArrowRight')
    await page.waitForURL(/last=7d/)
  })

  test('the own menu changes the language, and leads out', async () => {
    await goTo(button('Your menu'))
    await press('Enter')
    await goTo(page.getByRole('menuitem', { name: 'Deutsch' }), 'ArrowDown')
    await press('Enter')
    await page.getByRole('button', { name: 'Ihr Menü' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await goTo(page.getByRole('button', { name: 'Ihr Menü' }))
    await press('Enter')
    await goTo(page.getByRole('menuitem', { name: 'Abmelden' }), 'ArrowDown')
    await press('Enter')
    await page.waitForURL(here.addressOf('northwind', '/sign-in'))
  })

  test('who belongs to several tenants goes to another', async () => {
    const both = await here.visitor()
    page = both.page
    await both.open(here.addressOf('northwind', '/sign-in'))
    await signIn(page, here.person('both@example.com'))
    await stillness(page)
    await goTo(button('Your other tenants'))
    await press('Enter')
    await goTo(page.getByRole('menuitem', { name: 'Harbour Estates' }), 'ArrowDown')
    await press('Enter')
    await page.waitForURL(here.addressOf('harbour'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await both.close()
  })
})
