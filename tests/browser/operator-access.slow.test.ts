import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole, stillness, type Visitor } from './browser.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`operators who act as members ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let operator: Visitor
  beforeAll(async () => {
    here = await startConsole()
    operator = await here.visitorAs(here.operator, 'dashboard')
  }, 240_000)
  afterAll(() => here?.close())

  /** By the page of the tenant, as an operator does it: the dialog, the link, the tab that it opens. */
  async function act(slug: string, email: string, { changes = false, reason = 'Ticket 42' } = {}): Promise<Page> {
    const { page, open, context } = operator
    const { name } = here.person(email)
    await open(here.addressOf('dashboard', `/tenants/${here.tenants[slug]?.id}?tab=members`))
    // Whoever looks at a tenant has said why; the dialog begins with it.
    const enter = page.getByRole('button', { name: 'Go in' })
    const row = page.getByRole('row', { name: email })
    await enter.or(row).first().waitFor()
    if (await enter.isVisible()) {
      await page.getByRole('textbox').first().fill('A question of theirs')
      await enter.click()
    }
    await row.getByRole('button', { name: `Act as ${name}` }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill(reason)
    if (changes) await page.getByRole('switch').click({ force: true })
    await page.getByRole('button', { name: changes ? 'Act, and change things' : 'Act, and only look' }).click()
    const opened = context.waitForEvent('page')
    await page.getByRole('link', { name: /in a new tab/ }).click()
    const tab = await opened
    await tab.getByTestId('acting-banner').waitFor()
    return tab
  }

  test('[SEC-10] an operator acts as a member with a reason: both stand in the tenant’s own log, which shows who it was and why', async () => {
    const tab = await act('northwind', 'owner@northwind.example', { changes: true })
    expect(new URL(tab.url()).host).toBe(`northwind.localhost:${here.port}`)
    const banner = tab.getByTestId('acting-banner')
    expect(await banner.innerText()).toMatch(/Olivia Operator acts as .*, and may change things[\s\S]*Ticket 42/)
    // Something is done as the member, by the page's own credential.
    const made = await tab.evaluate(async () => {
      const { token } = JSON.parse(sessionStorage.getItem('acting') ?? '{}')
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ name: 'made by two', permissions: ['tenant:read'] })
      const answer = await fetch('/v1/keys', { method: 'POST', headers, body })
      return { status: answer.status, id: (await answer.json()).id as string }
    })
    expect(made.status).toBe(201)

    const owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
    const log = await logOf(owner, here, `objectId=${made.id}`)
    expect(log[0]).toMatchObject({ actorKind: 'member', impersonator: here.operator.id })
    await owner.open(here.addressOf('northwind', '/operator-access'))
    const row = owner.page.getByRole('row', { name: /Olivia Operator/ })
    expect(await row.innerText()).toMatch(/Ticket 42[\s\S]*Look and change[\s\S]*Now, until/i)
    expect(await owner.page.getByTestId('acting-banner').count()).toBe(0)

    // The tenant ends it, and the operator's tab says so by itself.
    await row.getByRole('button', { name: 'End the access of Olivia Operator' }).click()
    await tab.getByRole('heading', { name: 'You do not act as a member any more' }).waitFor()
    expect(await tab.evaluate(() => sessionStorage.getItem('acting'))).toBeNull()
    expect(owner.complaints).toEqual([])
    await owner.close()
  })

  test('[SEC-10] who only looks changes nothing, and stops by the notice itself', async () => {
    const tab = await act('harbour', 'viewer@harbour.example')
    const banner = tab.getByTestId('acting-banner')
    expect(await banner.innerText()).toContain('only looks')
    const refused = await tab.evaluate(async () => {
      const { token } = JSON.parse(sessionStorage.getItem('acting') ?? '{}')
      const answer = await fetch('/v1/members/leave', { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      return (await answer.json()).code
    })
    expect(refused).toBe('acting_read_only')
    // The tab goes on after it was loaded anew, and another tab of the same browser is nobody there.
    await tab.reload()
    await banner.waitFor()
    const other = await operator.context.newPage()
    await other.goto(here.addressOf('harbour'))
    await other.waitForURL(/\/sign-in/)
    await other.close()
    await banner.getByRole('button', { name: 'Stop acting' }).click()
    await tab.getByRole('heading', { name: 'You do not act as a member any more' }).waitFor()
    await operator.open(here.addressOf('dashboard', '/operations/access'))
    await operator.page.getByRole('heading', { name: 'Acting as members' }).waitFor()
    await expect.poll(() => operator.page.getByRole('row', { name: /Harbour/ }).count()).toBe(0)
    await tab.close()
  })

  test('[SEC-10] the notice cannot be covered: whatever lies above the page lies below it, at once or within a second', async () => {
    const tab = await act('northwind', 'viewer@northwind.example')
    const isOnTop = () =>
      tab.evaluate(() => {
        const banner = document.querySelector('[data-testid=acting-banner]')
        const { left, top, width, height } = (banner as HTMLElement).getBoundingClientRect()
        return banner?.contains(document.elementFromPoint(left + width / 2, top + height / 2)) === true
      })
    expect(await isOnTop()).toBe(true)
    await tab.evaluate(() => {
      const cover = document.createElement('div')
      Object.assign(cover.style, { position: 'fixed', inset: '0', zIndex: '2147483647', background: 'white' })
      document.body.append(cover)
    })
    expect(await isOnTop()).toBe(true)
    await tab.evaluate(() => {
      const dialog = document.createElement('dialog')
      Object.assign(dialog.style, {
        inset: '0',
        width: '100vw',
        height: '100vh',
        maxWidth: 'none',
        maxHeight: 'none',
        margin: '0',
      })
      document.body.append(dialog)
      dialog.show()
      dialog.setAttribute('popover', 'manual')
    })
    await expect.poll(isOnTop, { timeout: 10_000 }).toBe(true)
    // Nor does it cover the page: what stands first is below it.
    const { bannerEnd, headerStart } = await tab.evaluate(() => ({
      bannerEnd: document.querySelector('[data-testid=acting-banner]')?.getBoundingClientRect().bottom ?? 0,
      headerStart: document.querySelector('header')?.getBoundingClientRect().top ?? 0,
    }))
    expect(headerStart).toBeGreaterThanOrEqual(Math.floor(bannerEnd))
    await tab.close()
  })

  test('a link that was followed already says so, and leads nobody in', async () => {
    const { page, open } = await here.visitor()
    await open(here.addressOf('northwind', `/act-as#token=${'A'.repeat(43)}`))
    await page.getByRole('heading', { name: 'You do not act as a member any more' }).waitFor()
    expect(page.url()).toBe(here.addressOf('northwind', '/act-as'))
    expect(await page.getByRole('alert').innerText()).toContain('followed already')
  })
})

/** The tenant's own audit, by a browser that is signed in there. */
async function logOf({ page, open }: Visitor, here: ConsoleInBrowser, query: string) {
  await open(here.addressOf('northwind'))
  await stillness(page)
  return page.evaluate(async (asked) => {
    const minted = await fetch('/v1/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    const { accessToken } = await minted.json()
    const answer = await fetch(`/v1/audit?${asked}`, { headers: { authorization: `Bearer ${accessToken}` } })
    // biome-ignore lint/suspicious/noExplicitAny: JSON of any route
    return (await answer.json()).items as any[]
  }, query)
}
