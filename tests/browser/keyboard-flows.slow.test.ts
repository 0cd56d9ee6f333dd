import { readFileSync } from 'node:fs'
import { createOTP } from '@better-auth/utils/otp'
import { bms } from '@tenantry/bms'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base32 } from '../../platform/src/identity/identity.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, startConsole, stillness, type Visitor } from './browser.test-support.ts'
import { type Keyboard, keyboardOf } from './keyboard.test-support.ts'
import { callApi } from './pages.test-support.ts'

const { base, enterprise } = bms.tiers as Required<Record<'base' | 'enterprise', NonNullable<(typeof bms.tiers)[string]>>>
/** Building analytics with plans that can be bought by whoever uses it. */
const priced = {
  ...bms,
  tiers: {
    base: { ...base, prices: { currency: 'GBP', monthly: 4_900 } },
    enterprise: { ...enterprise, prices: { currency: 'GBP', monthly: 24_900 } },
  },
} as typeof bms

/** Of a machine that does much else. */
const patience = { timeout: 60_000 }

describe.skipIf(chromiumMissing !== undefined)(
  `the main ways through console and portal, with the keyboard alone ${chromiumMissing ?? ''}`,
  { timeout: 240_000 },
  () => {
    let here: ConsoleInBrowser
    let owner: Visitor
    let page: Page
    let keys: Keyboard

    beforeAll(async () => {
      here = await startConsole({ systems: [priced] })
      owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
      page = owner.page
      keys = keyboardOf(page)
      await owner.open(here.addressOf('northwind'))
    }, 300_000)
    afterAll(() => here?.close())

    const button = (name: string | RegExp, on = page) =>
      on.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) })
    const dialog = (on = page) => on.getByRole('dialog')
    const primary = (on: Page) =>
      on.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand-primary').trim())

    test('from the sign-in page to the first chart', async () => {
      const somebody = await here.visitor()
      const { email, password } = here.person('viewer@northwind.example')
      const at = keyboardOf(somebody.page)
      await somebody.open(here.addressOf('northwind', '/sign-in'))
      await at.fill(somebody.page.getByLabel('Mail address'), email)
      await at.fill(somebody.page.getByLabel('Password', { exact: true }), password)
      await at.press('Enter')
      await somebody.page.waitForURL(here.addressOf('northwind'))
      await stillness(somebody.page)
      await at.follow(somebody.page.getByRole('link', { name: 'Buildings', exact: true }))
      await at.follow(somebody.page.getByRole('link', { name: 'Castle Street' }))
      await somebody.page.locator('.uplot canvas').first().waitFor()
      await at.goTo(button('Table', somebody.page).first())
      await at.press('Enter')
      await somebody.page.getByRole('columnheader', { name: /^Time/ }).first().waitFor()
      await somebody.close()
    })

    test('a member is invited, and who was invited joins', async () => {
      const email = 'keyboard@example.com'
      await keys.follow(page.getByRole('link', { name: 'Invitations', exact: true }))
      await keys.follow(button('Invite').first())
      expect(await keys.has(page.getByLabel('Mail address'))).toBe(true)
      await keys.type(email)
      await keys.press('Enter')
      await page.getByRole('cell', { name: new RegExp(`^${email}`) }).waitFor(patience)
      const link = /http:\S+\/invitation#\S+/.exec(await here.mailTo(email))?.[0] ?? ''
      const somebody = await here.visitor()
      const at = keyboardOf(somebody.page)
      await somebody.open(link)
      await at.fill(somebody.page.getByLabel('Your name'), 'Kim Keys')
      await at.fill(somebody.page.getByLabel('New password'), 'nothing but keys, thank you')
      await at.press('Enter')
      await somebody.page.waitForURL(here.addressOf('northwind'), patience)
      await somebody.close()
      await keys.byPalette('Members')
      await page.getByRole('row', { name: /Kim Keys/ }).waitFor(patience)
    })

    test('a key is made and kept, a call is made with it, and the call is seen', async () => {
      await keys.byPalette('API keys')
      await keys.follow(button('New key').first())
      await keys.fill(dialog().getByRole('textbox', { name: 'Name' }), 'By keyboard')
      await keys.check(dialog().getByLabel(/bms\.buildings:write/))
      await keys.follow(dialog().getByRole('button', { name: 'Create', exact: true }))
      const credential = await dialog().locator('pre').first().innerText()
      await keys.follow(button('I have stored it'))
      await keys.byPalette('Events')
      await callApi(here, credential, 'POST', '/v1/bms/buildings', { name: 'Built by key', timeZone: 'Europe/London' })
      await page.getByRole('row', { name: /bms\.building\.created.*Built by key/ }).waitFor(patience)
    })

    test('[CRM-8] whoever meets a limit goes to a larger plan, and on', async () => {
      const { key = '' } = here.tenants.harbour ?? {}
      const { total } = (await callApi(here, key, 'GET', '/v1/quotas')).items.reduce(
        (all: { total: number }, { meter, max, used }: { meter: string; max: number; used: number }) =>
          meter === 'buildings' ? { total: max - used } : all,
        { total: 0 },
      )
      for (let n = 0; n < total; n++)
        await callApi(here, key, 'POST', '/v1/bms/buildings', { name: `House ${n}`, timeZone: 'Europe/London' })
      const theirs = await here.visitorAs(here.person('owner@harbour.example'), 'harbour')
      const at = keyboardOf(theirs.page)
      await theirs.open(here.addressOf('harbour', '/views/buildings'))
      await at.follow(button('Create', theirs.page).first())
      await at.fill(dialog(theirs.page).getByLabel('Name'), 'One too many')
      await at.press('Enter')
      await dialog(theirs.page).getByText('The limit of your plan is reached').waitFor(patience)
      await at.follow(theirs.page.getByRole('link', { name: 'See what other plans have' }))
      await at.follow(theirs.page.locator('[data-plan=enterprise]').getByRole('button'))
      await dialog(theirs.page).getByText('The plan changes at once').waitFor(patience)
      await at.follow(button('Change plan', theirs.page))
      await theirs.page.getByText(/The plan is .* now/).waitFor(patience)
      await at.byPalette('Buildings')
      await at.follow(button('Create', theirs.page).first())
      await at.fill(dialog(theirs.page).getByLabel('Name'), 'No longer too many')
      await at.press('Enter')
      await dialog(theirs.page).waitFor({ state: 'detached', ...patience })
      await theirs.close()
    })

    test('[FIN-10] the brand is changed and published, and is what a visitor sees', async () => {
      await owner.open(here.addressOf('northwind', '/brand'))
      const before = await primary(page)
      const saved = page.waitForResponse((response) => response.url().includes('/v1/brand/draft') && response.ok())
      await keys.goTo(button('Professional'))
      await keys.press('Enter')
      await saved
      await keys.goTo(button('Publish'), 'Shift+Tab')
      await Promise.all([page.waitForEvent('load'), keys.press('Enter')])
      await stillness(page)
      expect(await primary(page)).not.toBe(before)
      const somebody = await here.visitor()
      await somebody.open(here.addressOf('northwind', '/sign-in'))
      expect(await primary(somebody.page)).toBe(await primary(page))
      await somebody.close()
    })

    test('[BMS-7] a domain is claimed, what its DNS needs is reached, and its look asked for', async () => {
      await keys.byPalette('Domains')
      await keys.follow(button('Add a domain').first())
      expect(await keys.has(dialog().getByLabel('Domain'))).toBe(true)
      await keys.type('cloud.client.invalid')
      await keys.press('Enter')
      const card = page.locator('[data-domain="cloud.client.invalid"]')
      await card.waitFor(patience)
      await keys.goTo(card.getByRole('button', { name: /^Copy/ }).first())
      await keys.goTo(card.getByRole('button', { name: 'Check now' }))
      const looked = page.waitForResponse((response) => response.url().endsWith('/check') && response.ok())
      await keys.press('Enter')
      await looked
    })

    test('[SEC-10] an operator acts as a member and changes something: both stand in the log', async () => {
      const operator = await here.visitorAs(here.operator, 'dashboard')
      const at = keyboardOf(operator.page)
      await operator.open(here.addressOf('dashboard'))
      await at.byPalette('Northwind Offices')
      await at.goTo(operator.page.getByRole('tab', { name: 'Overview', exact: true }))
      await at.goTo(operator.page.getByRole('tab', { name: 'Members', exact: true }), 'ArrowRight')
      await at.press('Enter')
      await at.fill(operator.page.getByLabel('Why do you look?', { exact: false }), 'Ticket 42')
      await at.press('Enter')
      const { name } = here.person('owner@northwind.example')
      await at.follow(button(`Act as ${name}`, operator.page))
      expect(await at.has(dialog(operator.page).getByLabel('Reason'))).toBe(true)
      await at.check(dialog(operator.page).getByRole('switch'))
      await at.follow(button('Act, and change things', operator.page))
      const link = operator.page.getByRole('link', { name: /in a new tab/ })
      await link.waitFor(patience)
      await expect.poll(() => at.has(link)).toBe(true)
      const [tab] = await Promise.all([operator.context.waitForEvent('page'), at.press('Enter')])
      await tab.getByTestId('acting-banner').waitFor(patience)
      await stillness(tab)
      const there = keyboardOf(tab)
      await there.byPalette('Invitations')
      await there.follow(button('Invite', tab).first())
      await there.fill(tab.getByLabel('Mail address'), 'by-two@example.com')
      await there.press('Enter')
      await tab.getByRole('cell', { name: /^by-two@example\.com/ }).waitFor(patience)
      await there.goTo(button('Stop acting', tab), 'Shift+Tab')
      await there.press('Enter')
      await tab.getByRole('heading', { name: 'You do not act as a member any more' }).waitFor(patience)
      await operator.close()

      await keys.byPalette('Audit log')
      const entry = page.getByRole('row', { name: /invitation/ }).filter({ hasText: 'An operator acted as this member' })
      await entry.first().waitFor(patience)
      expect(await entry.first().innerText()).toContain(name)
    })

    test('[SEC-5] the log is filtered, an entry opened and closed, and the file saved', async () => {
      await keys.byPalette('Audit log')
      await keys.fill(page.getByLabel('Action'), 'bms.buildings.*')
      await page.waitForURL(/action=bms\.buildings/, patience)
      await keys.follow(button(/^bms\.buildings\./).first())
      await dialog().getByText('Built by key').waitFor(patience)
      await keys.press('Escape')
      await dialog().waitFor({ state: 'detached' })
      await keys.goTo(button('CSV'), 'Shift+Tab')
      const [download] = await Promise.all([page.waitForEvent('download'), keys.press('Enter')])
      expect(readFileSync(await download.path(), 'utf8')).toContain('Built by key')
    })

    test('the own password is changed, and a second factor set up', async () => {
      const person = here.person('manager@northwind.example')
      const own = await here.visitorAs(person, 'northwind')
      const at = keyboardOf(own.page)
      await own.open(here.addressOf('northwind'))
      await at.goTo(button('Your menu', own.page))
      await at.press('Enter')
      await at.goTo(own.page.getByRole('menuitem', { name: 'Your account' }), 'ArrowDown')
      await at.press('Enter')
      await own.page.waitForURL(/\/account$/)
      await stillness(own.page)
      const password = 'a password that nobody clicked'
      await at.fill(own.page.getByLabel('Your password'), person.password)
      await at.fill(own.page.getByLabel('New password'), password)
      await at.press('Enter')
      await own.page.getByText('The password is changed.').waitFor(patience)
      await at.follow(button('Set up codes', own.page))
      await at.fill(dialog(own.page).getByLabel('Your password'), password)
      await at.press('Enter')
      await dialog(own.page).getByAltText('QR code for the app').waitFor(patience)
      const secret = (await dialog(own.page).locator('pre').textContent()) ?? ''
      const app = createOTP(base32(secret), { digits: 6, period: 30 })
      const code = await app.hotp(Math.floor(here.tenantry.directory.clock() / 30_000))
      await at.fill(dialog(own.page).getByRole('textbox', { name: 'Code' }), code)
      await at.press('Enter')
      await dialog(own.page).getByText('Each signs you in once').waitFor(patience)
      await at.follow(button('I have them', own.page))
      await own.page.getByText('On', { exact: true }).first().waitFor(patience)
      await own.close()
    })

    test('[SEC-13] a tenant is suspended by whoever types its name', async () => {
      const operator = await here.visitorAs(here.operator, 'dashboard')
      const at = keyboardOf(operator.page)
      const { name = '' } = (await here.tenantry.directory.tenantBySlug('demo-corp')) ?? {}
      await operator.open(here.addressOf('dashboard'))
      await at.byPalette(name)
      await at.goTo(button('Actions', operator.page))
      await at.press('Enter')
      await at.goTo(operator.page.getByRole('menuitem', { name: 'Suspend', exact: true }), 'ArrowDown')
      await at.press('Enter')
      await at.fill(dialog(operator.page).getByLabel('Reason'), 'Unpaid')
      await at.fill(dialog(operator.page).getByLabel('Name', { exact: true }), name)
      await at.press('Enter')
      await dialog(operator.page).waitFor({ state: 'detached', ...patience })
      await operator.page.getByText('Suspended', { exact: true }).first().waitFor(patience)
      expect((await here.tenantry.directory.tenantBySlug('demo-corp'))?.status).toBe('suspended')
      await operator.close()
    })
  },
)
