import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole } from './browser.test-support.ts'
import { demoFinders, type Visit, visitsOf } from './pages.test-support.ts'

const roles = ['admin', 'manager', 'user', 'viewer', 'caretaker'] as const

describe.skipIf(chromiumMissing !== undefined)(`every page ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let portal: Visit[]
  let operator: Visit[]

  beforeAll(async () => {
    here = await startConsole()
    const finders = demoFinders(here)
    portal = await visitsOf('portal', finders)
    operator = await visitsOf('operator', finders)
  }, 240_000)
  afterAll(() => here?.close())

  /** Each in one tab, by its address or as links lead there; what was wrong with which, and the title of each. */
  async function walk(
    who: Parameters<ConsoleInBrowser['visitorAs']>[0],
    slug: string,
    visits: readonly Visit[],
    by: 'open' | 'turnTo' = 'turnTo',
  ) {
    const { page, complaints, close, [by]: go } = await here.visitorAs(who, slug)
    const wrong: string[] = []
    const titles = new Map<string, string>()
    for (const { path } of visits) {
      await go(here.addressOf(slug, path)).catch((error: Error) => wrong.push(`${path}: ${error.message.split('\n')[0]}`))
      wrong.push(...complaints.splice(0).map((each) => `${path}: ${each}`))
      const alerts = await page.locator('[data-problem]').allInnerTexts()
      wrong.push(...alerts.filter((text) => text !== '').map((text) => `${path}: shows "${text.replaceAll('\n', ' ')}"`))
      const body = await page.locator('body').innerText()
      if (/There is no such page/.test(body)) wrong.push(`${path}: is missing`)
      if (/undefined|\[object|NaN\b|\{\{/.test(body))
        wrong.push(`${path}: shows ${/.{0,30}(undefined|\[object|NaN\b|\{\{).{0,30}/.exec(body)?.[0]}`)
      titles.set(path, await page.title())
    }
    await close()
    return { wrong, titles }
  }

  test.each(roles)(
    'of the portal is shown to a %s or says why not, and nothing fails, is refused or comes from elsewhere',
    async (role) => {
      const { wrong } = await walk(here.person(`${role}@northwind.example`), 'northwind', portal)
      expect(wrong).toEqual([])
    },
    300_000,
  )

  test('of the portal is shown to an owner by its address, with a title of its own, which names the tenant', async () => {
    const { wrong, titles } = await walk(here.person('owner@northwind.example'), 'northwind', portal, 'open')
    expect(wrong).toEqual([])
    const shared = [...Map.groupBy(titles, ([, title]) => title).values()].filter((same) => same.length > 1)
    expect(shared.map((same) => same.map(([path, title]) => `${path}: ${title}`))).toEqual([])
    for (const [path, title] of titles) expect([path, title]).toEqual([path, expect.stringMatching(/.+ · Northwind Offices$/)])
  }, 300_000)

  test('of the operators is shown, has a title of its own, and nothing fails, is refused or comes from elsewhere', async () => {
    const { wrong, titles } = await walk(here.operator, 'dashboard', operator, 'open')
    expect(wrong).toEqual([])
    const shared = [...Map.groupBy(titles, ([, title]) => title).values()].filter((same) => same.length > 1)
    expect(shared.map((same) => same.map(([path, title]) => `${path}: ${title}`))).toEqual([])
  }, 300_000)
})
