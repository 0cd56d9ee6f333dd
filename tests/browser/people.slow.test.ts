import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole, stillness, type Visitor } from './browser.test-support.ts'
import { callApi } from './pages.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

const patience = { timeout: 30_000 }

describe.skipIf(chromiumMissing !== undefined)('the people of a tenant in its portal', () => {
  let here: ConsoleInBrowser
  let owner: Visitor
  let page: Page

  beforeAll(async () => {
    here = await startConsole()
    owner = await here.visitorAs(here.person('owner@northwind.example'), 'northwind')
    page = owner.page
  }, 300_000)
  afterAll(() => here?.close())

  const open = (path: string) => owner.open(here.addressOf('northwind', path))
  const api = (method: string, path: string, body?: unknown) =>
    callApi(here, here.tenants.northwind?.key ?? '', method, path, body)
  const row = (name: string | RegExp, on = page) => on.getByRole('row', { name })
  const menuOf = async (name: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    return page.getByRole('menu')
  }
  const dialog = () => page.getByRole('dialog')
  const choose = async (label: string, option: string | RegExp) => {
    await dialog().getByRole('combobox', { name: label }).click()
    await page.getByRole('option', { name: option }).click()
  }

  test('[IIOT-4] somebody is invited to one building, accepts by the link of the mail, and finds nothing else', async () => {
    const { items } = await api('GET', '/v1/bms/buildings?limit=2')
    const [granted, hidden] = items as { name: string }[]
    await open('/members')
    await page.getByRole('link', { name: 'Invite' }).click()
    await dialog().getByLabel('Mail address').fill('nina@visitors.example')
    await choose('Role', /^User/)
    await dialog().getByLabel('Single objects').check()
    await dialog()
      .getByLabel('Objects', { exact: true })
      .fill(granted?.name ?? '')
    await page.getByRole('option', { name: granted?.name ?? '' }).click()
    await page.keyboard.press('Escape')
    await dialog().getByRole('button', { name: 'Send invitation' }).click()
    await row(/nina@visitors\.example/).waitFor(patience)
    const mail = await here.mailTo('nina@visitors.example')
    const link = /https?:\/\/\S+\/invitation#\S+/.exec(mail)?.[0] ?? ''

    const guest = await here.visitor()
    await guest.open(link)
    await guest.page.getByLabel('Your name').fill('Nina New')
    await guest.page.getByLabel('New password').fill('a long enough password of hers')
    await guest.page.locator('button[type=submit]').click()
    await guest.page.getByRole('navigation').waitFor(patience)
    await guest.open(here.addressOf('northwind', '/views/buildings'))
    await row(new RegExp(granted?.name ?? '-'), guest.page).waitFor(patience)
    expect(await row(new RegExp(hidden?.name ?? '-'), guest.page).count()).toBe(0)
    expect(guest.complaints).toEqual([])
    await guest.close()

    await open('/members?search=nina')
    await expect.poll(() => row(/Nina New/).innerText(), patience).toContain(granted?.name)
    await open('/invitations')
    await expect.poll(() => row(/nina@visitors\.example/).innerText(), patience).toMatch(/accepted/i)
  }, 240_000)

  test('an invitation is sent again with a new link, and taken back; then neither is possible, and it says why', async () => {
    await open('/invitations?new=1')
    await dialog().getByLabel('Mail address').fill('otto@visitors.example')
    await dialog().getByRole('button', { name: 'Send invitation' }).click()
    await row(/otto@visitors\.example/).waitFor(patience)
    const before = await here.mailTo('otto@visitors.example')
    await (await menuOf('otto@visitors.example')).getByRole('menuitem', { name: /Send again/ }).click()
    await expect.poll(() => here.mailTo('otto@visitors.example'), patience).not.toBe(before)
    await (await menuOf('otto@visitors.example')).getByRole('menuitem', { name: /Take back/ }).click()
    await expect.poll(() => row(/otto@visitors\.example/).innerText(), patience).toMatch(/taken back/i)
    const menu = await menuOf('otto@visitors.example')
    await expect.poll(() => menu.getByRole('menuitem', { name: /Send again.*It was taken back/s }).count()).toBe(1)
    await page.keyboard.press('Escape')
  }, 240_000)

  test('the last owner cannot leave, and somebody else cannot touch who is above him: each is told why', async () => {
    await open('/members?role=owner')
    const own = await menuOf('Owner of Northwind Offices')
    await own.getByRole('menuitem', { name: /Leave.*The last owner stays/s }).waitFor(patience)
    await page.keyboard.press('Escape')
    const manager = await here.visitorAs(here.person('manager@northwind.example'), 'northwind')
    await manager.open(here.addressOf('northwind', '/members?role=owner'))
    await manager.page.getByRole('button', { name: /Actions for Owner/ }).click()
    await manager.page.getByRole('menuitem', { name: /Remove.*higher than your own role/s }).waitFor(patience)
    expect(manager.complaints).toEqual([])
    await manager.close()
  }, 240_000)

  test('[SEC-14] a role of permissions that were chosen is made, given, and can do just that', async () => {
    await open('/roles?new=1')
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Auditor')
    await dialog()
      .getByLabel(/audit:read/)
      .check()
    await dialog()
      .getByLabel(/tenant:read/)
      .check()
    await dialog().getByRole('button', { name: 'Create' }).click()
    await row(/Auditor/).waitFor(patience)
    await open('/members?search=viewer')
    await (await menuOf('Viewer of Northwind Offices')).getByRole('menuitem', { name: 'Change' }).click()
    await choose('Role', 'Auditor')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => row(/Viewer of/).innerText(), patience).toContain('Auditor')
    const auditor = await here.visitorAs(here.person('viewer@northwind.example'), 'northwind')
    await auditor.open(here.addressOf('northwind', '/audit'))
    await auditor.page.getByRole('table', { name: 'Changes' }).waitFor(patience)
    expect(await auditor.page.getByRole('navigation').getByRole('link', { name: 'Members' }).count()).toBe(0)
    expect(auditor.complaints).toEqual([])
    await auditor.close()
  }, 240_000)

  test('whoever made keys is removed only when somebody said what becomes of them', async () => {
    const admin = await here.visitorAs(here.person('admin@northwind.example'), 'northwind')
    await admin.open(here.addressOf('northwind', '/keys?new=1'))
    const form = admin.page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Name' }).fill('Of the admin')
    await form.getByLabel(/tenant:read/).check()
    await form.getByRole('button', { name: 'Create' }).click()
    await admin.page.getByRole('button', { name: 'I have stored it' }).click()
    await admin.close()

    await open('/members?search=admin')
    await (await menuOf('Admin of Northwind Offices')).getByRole('menuitem', { name: 'Remove' }).click()
    await dialog().getByLabel('Name').fill('Admin of Northwind Offices')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await dialog().getByText('Of the admin').waitFor(patience)
    await dialog()
      .getByLabel(/Revoke/)
      .check()
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { name: 'Nobody found' }).waitFor(patience)
    await open('/keys')
    await expect.poll(() => row(/Of the admin/).innerText(), patience).toMatch(/revoked/i)
  }, 240_000)

  test('no page complained but of what the server refused', async () => {
    await stillness(page)
    expect(owner.complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([])
  })
})
