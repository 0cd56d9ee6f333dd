import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsIn, tooWide } from './axe.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, startConsole } from './browser.test-support.ts'
import { demoFinders, publishBrand, type Visit, visitsOf } from './pages.test-support.ts'

interface Look {
  readonly look: string
  readonly slug: string
  readonly language: string
  readonly options: BrowserContextOptions
}

const desktop = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }

/** Each of light and dark, both directions, both widths and both brands, without all of their combinations. */
const looks: readonly Look[] = [
  { look: 'light, on a desktop', slug: 'northwind', language: 'en', options: { viewport: desktop, colorScheme: 'light' } },
  { look: 'dark, on a phone', slug: 'northwind', language: 'en', options: { viewport: phone, colorScheme: 'dark' } },
  { look: 'from right to left', slug: 'northwind', language: 'ar-XB', options: { viewport: desktop, colorScheme: 'light' } },
  {
    look: 'in German and another brand, on a phone',
    slug: 'harbour',
    language: 'de',
    options: { viewport: phone, colorScheme: 'light' },
  },
  { look: 'in another brand, dark', slug: 'harbour', language: 'en', options: { viewport: desktop, colorScheme: 'dark' } },
]

describe.skipIf(chromiumMissing !== undefined)(`every page for everybody ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let operator: readonly Visit[]
  const portal = new Map<string, readonly Visit[]>()

  beforeAll(async () => {
    here = await startConsole()
    await publishBrand(here, 'harbour', {
      displayName: 'Harbour & Sons',
      colours: { primary: '#0b7a53' },
      footer: 'By the sea',
      poweredBy: false,
    })
    operator = await visitsOf('operator', demoFinders(here))
    for (const slug of ['northwind', 'harbour']) portal.set(slug, await visitsOf('portal', demoFinders(here, slug)))
  }, 240_000)
  afterAll(() => here?.close())

  /** As the owner, who is shown most. */
  async function faults(who: Parameters<ConsoleInBrowser['visitorAs']>[0], slug: string, visits: readonly Visit[], look: Look) {
    const { page, turnTo, close } = await here.visitorAs(who, slug, look.options)
    await page.addInitScript((language) => localStorage.setItem('language', language), look.language)
    const found: string[] = []
    for (const { path } of visits) {
      await turnTo(here.addressOf(slug, path))
      for (const fault of await faultsIn(page)) found.push(`${path}: ${fault}`)
      found.push(...(await tooWide(page)).map((place) => `${path}: ${place}`))
      expect(await page.evaluate(() => document.documentElement.dir)).toBe(look.language === 'ar-XB' ? 'rtl' : 'ltr')
    }
    await close()
    return found
  }

  test.each(looks)(
    'WCAG 2.2 AA has nothing against the portal, $look',
    async (look) => {
      const owner = here.person(`owner@${look.slug}.example`)
      expect(await faults(owner, look.slug, portal.get(look.slug) ?? [], look)).toEqual([])
    },
    600_000,
  )

  test.each(looks.slice(0, 3))(
    "WCAG 2.2 AA has nothing against the operators' console, $look",
    async (look) => {
      expect(await faults(here.operator, 'dashboard', operator, look)).toEqual([])
    },
    600_000,
  )
})
