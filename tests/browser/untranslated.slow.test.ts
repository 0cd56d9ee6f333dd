import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole } from './browser.test-support.ts'
import { demoFinders, visitsOf } from './pages.test-support.ts'

/** The same in every language. */
const international = new Set(['API', 'CSV', 'JSON', 'UTC'])
/** What Intl says, in English, in the language that was made up: months, parts of a day, ages, units. */
const ofIntl =
  /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|ago|now|second|minute|hour|day|yesterday|tomorrow|today|week|month|year|sec|min|hr)s?$/

describe.skipIf(chromiumMissing !== undefined)(`words that nobody translated ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  beforeAll(async () => {
    here = await startConsole()
  }, 240_000)
  afterAll(() => here?.close())

  /** What the API answers is data and is in its own language. */
  function dataOf(page: Page): { readonly words: ReadonlySet<string>; readonly told: () => Promise<void> } {
    const words = new Set<string>()
    const reading: Promise<void>[] = []
    page.on('response', (response) => {
      if (!response.url().includes('/v1/') || /\/(live|stream)\b/.test(response.url())) return
      const read = async () => collect(JSON.parse(await response.text()))
      reading.push(read().catch(() => undefined))
    })
    const collect = (value: unknown): void => {
      if (typeof value === 'string') for (const word of value.match(/\p{L}+/gu) ?? []) words.add(word)
      else if (Array.isArray(value)) for (const each of value) collect(each)
      // Names of what a system counts are members' names.
      else if (typeof value === 'object' && value !== null) for (const each of Object.entries(value).flat()) collect(each)
    }
    return { words, told: async () => void (await Promise.all(reading)) }
  }

  /** Text that is shown, less code and what a program says. */
  const shownTexts = (page: Page) =>
    page.evaluate(() => {
      const texts: string[] = []
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const parent = node.parentElement
        if (parent === null || parent.closest('script, style, code, pre, kbd, textarea, [lang]:not(html)')) continue
        if (parent.checkVisibility()) texts.push(node.textContent ?? '')
      }
      return [...texts, document.title]
    })

  test.each([
    ['portal', 'northwind'],
    ['operator', 'dashboard'],
  ] as const)(
    'there are none in the %s',
    async (entry, slug) => {
      const who = entry === 'portal' ? here.person('owner@northwind.example') : here.operator
      const { page, turnTo, close } = await here.visitorAs(who, slug)
      await page.addInitScript(() => localStorage.setItem('language', 'en-XA'))
      const data = dataOf(page)
      const found: string[] = []
      for (const { path } of await visitsOf(entry, demoFinders(here))) {
        await turnTo(here.addressOf(slug, path))
        await data.told()
        const boot = new Set((await page.locator('#boot').textContent())?.match(/\p{L}+/gu) ?? [])
        for (const text of await shownTexts(page)) {
          // Words of ours stand in brackets: [Šáṽé ~]. What is filled into them is data.
          const plain = text.replaceAll(/\[[^[\]]*~\]/gu, ' ').match(/\p{L}{3,}/gu) ?? []
          const strange = plain.filter(
            (word) =>
              /^[A-Za-z]+$/.test(word) &&
              !ofIntl.test(word) &&
              !international.has(word) &&
              !data.words.has(word) &&
              !boot.has(word),
          )
          if (strange.length > 0) found.push(`${path}: "${text.slice(0, 80)}" (${strange.join(', ')})`)
        }
      }
      await close()
      expect([...new Set(found)]).toEqual([])
    },
    400_000,
  )
})
