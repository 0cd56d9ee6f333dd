import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole, stillness } from './browser.test-support.ts'
import { callApi, demoFinders, publishBrand, visitsOf } from './pages.test-support.ts'

/** Anywhere it is read as markup, the page knows. */
const markup = `<img src=x onerror="window.wasRun=1">`
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000d' } as const

describe.skipIf(chromiumMissing !== undefined)(`the pages against whoever means harm ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let elsewhere: Server
  beforeAll(async () => {
    here = await startConsole()
    elsewhere = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>A page of somebody else</h1>'),
    )
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  }, 240_000)
  afterAll(async () => {
    elsewhere?.close()
    await here?.close()
  })

  const keyOf = (slug: string) => here.tenants[slug]?.key ?? ''
  const owner = () => here.visitorAs(here.person('owner@northwind.example'), 'northwind')

  test('a page runs no script but its own files, whatever gets into it', async () => {
    const { page, open, close } = await owner()
    await open(here.addressOf('northwind'))
    const ran = await page.evaluate(async () => {
      const state = window as unknown as { wasRun?: number }
      const inline = document.createElement('script')
      inline.textContent = 'window.wasRun = 1'
      const far = document.createElement('script')
      far.src = 'data:text/javascript,window.wasRun=2'
      document.body.append(inline, far)
      document.body.insertAdjacentHTML(
        'beforeend',
        '<img src=x onerror="window.wasRun=3"><a id=lure href="javascript:window.wasRun=4">x</a>',
      )
      document.querySelector<HTMLElement>('#lure')?.click()
      await new Promise((resolve) => setTimeout(resolve, 300))
      let evaluated: unknown
      try {
        evaluated = new Function('return 5')()
      } catch {
        evaluated = undefined
      }
      return [state.wasRun, evaluated]
    })
    expect(ran).toEqual([undefined, undefined])
    await close()
  })

  test('markup that somebody stored is text on every page, of the portal and of the operators', async () => {
    const northwind = here.tenants.northwind?.id ?? ''
    const scope = here.tenantry.scope({ tenantId: northwind, actor })
    await callApi(here, keyOf('northwind'), 'POST', '/v1/bms/buildings', {
      name: markup,
      address: markup,
      timeZone: 'Europe/London',
    })
    await here.tenantry.services.members.add(scope, { email: 'markup@northwind.example', name: markup, role: 'viewer' })
    await here.tenantry.services.roles.create(scope, { name: markup, permissions: ['bms.buildings:read'] })
    await callApi(here, keyOf('northwind'), 'POST', '/v1/keys', { name: markup, permissions: ['bms.buildings:read'] })
    await publishBrand(here, 'northwind', { displayName: markup, footer: markup, senderName: markup })
    const finders = demoFinders(here)
    let seen = 0
    for (const [who, slug, entry] of [
      [here.person('owner@northwind.example'), 'northwind', 'portal'],
      [here.operator, 'dashboard', 'operator'],
    ] as const) {
      const { page, open, close } = await here.visitorAs(who, slug)
      for (const { path } of await visitsOf(entry, finders)) {
        await open(here.addressOf(slug, path))
        const found = await page.evaluate(() => [document.querySelectorAll('img[src="x"]').length, 'wasRun' in window])
        expect([path, ...found]).toEqual([path, 0, false])
        if ((await page.locator('body').innerText()).includes(markup)) seen += 1
      }
      await close()
    }
    expect(seen).toBeGreaterThan(3)
  }, 400_000)

  test("[CRM-2] no answer that a tenant's pages are given holds a word of another tenant", async () => {
    const canary = 'Zaunkönig-4711'
    const harbour = here.tenantry.scope({ tenantId: here.tenants.harbour?.id ?? '', actor })
    await callApi(here, keyOf('harbour'), 'POST', '/v1/bms/buildings', { name: canary, timeZone: 'Europe/London' })
    await here.tenantry.services.members.add(harbour, { email: 'canary@harbour.example', name: canary, role: 'viewer' })
    await publishBrand(here, 'harbour', { displayName: canary, footer: canary })
    const { page, open, close } = await owner()
    const leaks: string[] = []
    const reading: Promise<void>[] = []
    let answers = 0
    page.on('response', (response) => {
      if (/\/(live|stream)\b/.test(response.url())) return
      const read = async () => {
        answers += 1
        const text = await response.text().catch(() => '')
        if (text.includes(canary) || text.includes('harbour')) leaks.push(response.url())
      }
      reading.push(read())
    })
    for (const { path } of await visitsOf('portal', demoFinders(here))) await open(here.addressOf('northwind', path))
    await Promise.all(reading)
    expect(answers).toBeGreaterThan(50)
    expect(leaks).toEqual([])
    await close()
    // The same word is there for whom it is meant.
    const theirs = await here.visitorAs(here.person('owner@harbour.example'), 'harbour')
    await theirs.open(here.addressOf('harbour', '/views/buildings'))
    await theirs.page.getByText(canary).first().waitFor()
    await theirs.close()
  }, 400_000)

  test('a page of somebody else makes its visitor do nothing here', async () => {
    const { page, open, close } = await owner()
    await open(here.addressOf('northwind'))
    const statuses: [string, number][] = []
    let asked = 0
    page.on('request', (request) => {
      if (request.method() === 'POST') asked += 1
    })
    page.on('response', (response) => {
      if (response.request().method() === 'POST') statuses.push([new URL(response.url()).pathname, response.status()])
    })
    // Another site, and a name below the same base, as a neighbour's would be.
    for (const host of ['127.0.0.1', 'evil.localhost']) {
      await page.goto(`http://${host}:${(elsewhere.address() as AddressInfo).port}/`)
      await page.evaluate(
        async (origin) => {
          for (const path of ['/v1/token', '/v1/auth/sign-out', '/v1/me/tenant'])
            for (const mode of ['no-cors', 'cors'] as const)
              await fetch(`${origin}${path}`, { method: 'POST', mode, credentials: 'include', body: '{}' }).catch(() => undefined)
        },
        here.addressOf('northwind', ''),
      )
      await submitted(page, here.addressOf('northwind', '/v1/auth/sign-out'))
    }
    expect(asked).toBeGreaterThanOrEqual(14)
    // Of the others the browser lets nobody see an answer: that they did nothing is seen below.
    expect(statuses.length).toBeGreaterThanOrEqual(2)
    expect(statuses.filter(([, status]) => status < 400)).toEqual([])
    await open(here.addressOf('northwind'))
    expect(page.url()).toBe(here.addressOf('northwind'))
    await page.getByRole('navigation').waitFor()
    await close()
  })

  /** A form needs no permission of the other side to be sent. */
  async function submitted(page: Page, action: string): Promise<void> {
    await Promise.all([
      page.waitForURL(action),
      page.evaluate((address) => {
        const form = document.createElement('form')
        form.method = 'post'
        form.action = address
        document.body.append(form)
        form.submit()
      }, action),
    ])
  }

  test('no page of ours stands in a frame of somebody else', async () => {
    const { page, close } = await owner()
    await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
    await page.evaluate((address) => {
      const frame = document.createElement('iframe')
      frame.src = address
      document.body.append(frame)
    }, here.addressOf('northwind'))
    await page.waitForTimeout(1_000)
    const inside = page.frames().filter((frame) => frame !== page.mainFrame())
    for (const frame of inside)
      expect(
        await frame
          .locator('#root')
          .count()
          .catch(() => 0),
      ).toBe(0)
    await close()
  })

  test('[SEC-10] nothing lies above the notice that an operator acts here: no dialog, no menu, no element of any height', async () => {
    const tenantId = here.tenants.northwind?.id ?? ''
    const { items } = await callApi(here, keyOf('northwind'), 'GET', '/v1/members?limit=50')
    const member = items.find(({ email }: { email: string }) => email === 'admin@northwind.example')
    const { url } = await here.tenantry.services.operatorAccess.start(here.tenantry.scope({ tenantId, actor }), {
      memberId: member.id,
      operator: { id: here.operator.id, name: here.operator.name },
      reason: 'Ticket 7',
      readOnly: true,
      minutes: 15,
    })
    const { page, close } = await here.visitor()
    await page.goto(url ?? '')
    await stillness(page)
    const banner = page.getByTestId('acting-banner')
    await banner.waitFor()
    /** At many places of it, for it looks once a second whether something got above it. */
    const seen = () =>
      banner.evaluate((element) => {
        const { left, top, width, height } = element.getBoundingClientRect()
        return [0.02, 0.25, 0.5, 0.75].every((share) => {
          const at = document.elementFromPoint(left + width * share, top + height / 2)
          return at !== null && element.contains(at)
        })
      })
    await expect.poll(seen, { timeout: 5_000 }).toBe(true)
    await page.getByRole('button', { name: 'Your menu' }).click()
    await page.evaluate(() => {
      const cover = document.createElement('div')
      cover.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:white'
      document.body.append(cover)
    })
    expect(await seen()).toBe(true)
    await page.evaluate(() => {
      const late = document.createElement('div')
      late.popover = 'manual'
      late.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;margin:0;border:0'
      document.body.append(late)
      late.showPopover()
    })
    await expect.poll(seen, { timeout: 5_000 }).toBe(true)
    await close()
  })
})
