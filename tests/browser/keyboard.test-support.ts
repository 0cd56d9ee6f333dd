import type { Locator, Page } from 'playwright-core'
import { stillness } from './browser.test-support.ts'

/** Somebody at a page who has a keyboard and nothing else: he sees where the focus is, and goes on from there. */
export interface Keyboard {
  readonly press: (key: string) => Promise<void>
  readonly type: (text: string) => Promise<void>
  readonly has: (target: Locator) => Promise<boolean>
  /** By the key that goes from one to the next, as often as it takes. */
  readonly goTo: (target: Locator, key?: string) => Promise<void>
  /** Goes there and presses Enter; ends when the page stands still. */
  readonly follow: (target: Locator, key?: string) => Promise<void>
  /** Into a field; what stands in it is overwritten. */
  readonly fill: (field: Locator, text: string) => Promise<void>
  readonly check: (box: Locator) => Promise<void>
  /** By Ctrl-K, to the page or tenant of that name. */
  readonly byPalette: (name: string) => Promise<void>
}

export function keyboardOf(page: Page): Keyboard {
  const press = (key: string) => page.keyboard.press(key)
  const type = (text: string) => page.keyboard.type(text)
  const has = (target: Locator) => target.evaluate((element) => element === document.activeElement)
  async function goTo(target: Locator, key = 'Tab'): Promise<void> {
    await target.waitFor({ state: 'attached' })
    for (let times = 0; times < 150; times += 1) {
      if (await has(target)) return
      await press(key)
    }
    throw new Error(`${key} does not lead to ${target}.`)
  }
  async function follow(target: Locator, key?: string): Promise<void> {
    await goTo(target, key)
    await press('Enter')
    await page.waitForTimeout(200)
    await stillness(page)
  }
  return {
    press,
    type,
    has,
    goTo,
    follow,
    async fill(field, text) {
      await goTo(field)
      await press('Control+a')
      await type(text)
    },
    async check(box) {
      await goTo(box)
      await press('Space')
    },
    async byPalette(name) {
      await press('Control+k')
      await page.getByLabel('Go to a page, or search').waitFor()
      await type(name)
      await page.locator('.mantine-Spotlight-action[data-selected]').filter({ hasText: name }).waitFor()
      await press('Enter')
      await page.getByRole('heading', { level: 1, name }).waitFor()
      await stillness(page)
    },
  }
}
