import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsIn, tooWide } from './axe.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, startConsole } from './browser.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

/** What the visits of every page do not open: forms, tabs and entries. */
const places = [
  '/invitations?new=1',
  '/roles?new=1',
  '/keys?new=1',
  '/webhooks?new=1',
  '/audit?tab=reads',
  '/audit?tab=seals',
  '/notifications?tab=all',
  '/notifications?tab=preferences',
]

describe.skipIf(chromiumMissing !== undefined)(`forms and tabs of people and programs ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  beforeAll(async () => {
    here = await startConsole()
  }, 240_000)
  afterAll(() => here?.close())

  const looks = [
    { look: 'light, on a desktop', viewport: { width: 1280, height: 800 }, colorScheme: 'light', language: 'en' },
    { look: 'dark, in German, on a phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark', language: 'de' },
  ] as const

  test.each(looks)(
    'WCAG 2.2 AA has nothing against them, $look',
    async ({ viewport, colorScheme, language }) => {
      const { page, open, complaints, close } = await here.visitorAs(here.person('owner@northwind.example'), 'northwind', {
        viewport,
        colorScheme,
      })
      await page.addInitScript((chosen) => localStorage.setItem('language', chosen), language)
      const found: string[] = []
      for (const place of places) {
        await open(here.addressOf('northwind', place))
        found.push(...[...(await faultsIn(page)), ...(await tooWide(page))].map((fault) => `${place}: ${fault}`))
      }
      // An entry of the log, and what can be done with a member.
      await open(here.addressOf('northwind', '/audit'))
      await page.getByRole('table').getByRole('button').first().click()
      await page.getByRole('dialog').waitFor()
      found.push(...(await faultsIn(page)).map((fault) => `an entry: ${fault}`))
      await open(here.addressOf('northwind', '/members'))
      await page.getByRole('row').last().getByRole('button').click()
      await page.getByRole('menu').waitFor()
      found.push(...(await faultsIn(page)).map((fault) => `a menu: ${fault}`))
      expect(found).toEqual([])
      expect(complaints).toEqual([])
      await close()
    },
    300_000,
  )
})
