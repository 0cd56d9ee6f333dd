import { sql } from 'tenantry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsIn } from './axe.test-support.ts'
import { type ConsoleInBrowser, chromiumMissing, startConsole, stillness, type Visitor } from './browser.test-support.ts'

let here: ConsoleInBrowser
let visitor: Visitor

const missing = chromiumMissing
if (missing) console.warn(missing)

describe.skipIf(missing)("the operators' pages of tenants", () => {
  beforeAll(async () => {
    here = await startConsole()
    visitor = await here.visitorAs(here.operator, 'dashboard')
  }, 240_000)
  afterAll(() => here?.close())

  const idOf = (slug: string) => here.tenants[slug]?.id ?? ''
  const go = (path: string) => visitor.open(here.addressOf('dashboard', path))
  const main = () => visitor.page.locator('main')
  const statusOf = async (slug: string) => (await here.tenantry.directory.tenantBySlug(slug))?.status

  test('[SEC-13] the list finds tenants by what stands in the address, and keeps a view under a name', async () => {
    const { page } = visitor
    await go('/tenants')
    await page.getByRole('link', { name: 'Northwind', exact: false }).first().waitFor()
    await page.getByLabel('Search').fill('north')
    await page.waitForURL(/search=north/)
    await expect.poll(() => main().getByRole('row').count()).toBe(2)
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('menuitem', { name: 'Save these filters…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Northern')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await go('/tenants')
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('menuitem', { name: 'Northern' }).click()
    await page.waitForURL(/search=north/)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    expect((await download).suggestedFilename()).toBe('tenants.csv')
  }, 300_000)

  test('[SEC-13] a new tenant is made, and its record is changed', async () => {
    const { page } = visitor
    await go('/tenants/new')
    await page.getByLabel('Name', { exact: false }).first().fill('Lakeside Offices')
    expect(await page.getByLabel('Slug', { exact: false }).inputValue()).toBe('lakeside-offices')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Lakeside Offices' }).waitFor()
    await page.getByRole('button', { name: 'Change the record' }).click()
    await page.getByRole('dialog').getByLabel('Name', { exact: false }).first().fill('Lakeside Towers')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Lakeside Towers' }).waitFor()
    expect(await statusOf('lakeside-offices')).toBe('active')
  }, 300_000)

  test('[SEC-11] several tenants are suspended at once: progress, and a result for each', async () => {
    const { page } = visitor
    for (const slug of ['bulk-one', 'bulk-two', 'bulk-gone']) {
      await here.tenantry.services.tenants.provision(
        { slug, name: slug.replace('-', ' '), system: 'bms' },
        { actor: { kind: 'system', id: idOf('northwind') } },
      )
    }
    const gone = await here.tenantry.directory.tenantBySlug('bulk-gone')
    const actor = { kind: 'system', id: gone?.id ?? '' } as const
    await here.tenantry.services.tenants.move(gone?.id ?? '', 'archive', { reason: 'Before the test' }, { actor })
    await go('/tenants?search=bulk')
    for (const name of ['bulk one', 'bulk two', 'bulk gone']) await page.getByLabel(`Select ${name}`).check()
    await page.getByRole('button', { name: 'Act on 3 selected' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason', { exact: false }).fill('Nobody pays')
    const start = dialog.getByRole('button', { name: 'Do it to 3 tenants' })
    expect(await start.isDisabled()).toBe(true)
    await dialog.getByLabel('Type 3 to go on').fill('3')
    await start.click()
    await page.waitForURL(/\/bulk\/[0-9a-f-]{36}/)
    await page.getByText('Finished').waitFor()
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/Done: 2.*Refused: 1/)
    const rowOf = (name: string) => main().getByRole('row').filter({ hasText: name })
    await expect.poll(() => rowOf('bulk one').innerText()).toMatch(/Done/i)
    expect(await rowOf('bulk two').innerText()).toMatch(/Done.*Suspended/is)
    expect(await rowOf('bulk gone').innerText()).toMatch(/Refused.*Archived/is)
    expect([await statusOf('bulk-one'), await statusOf('bulk-two'), await statusOf('bulk-gone')]).toEqual([
      'suspended',
      'suspended',
      'archived',
    ])
    await go('/bulk')
    expect(await main().innerText()).toMatch(/Suspend\s+Nobody pays\s+Olivia Operator/)
  }, 300_000)

  test('[SEC-11] a notice goes to owners and admins of those that were chosen, in the brand of their tenant', async () => {
    const { page } = visitor
    await go('/tenants?search=harbour')
    await page.getByLabel('Select Harbour').check()
    await page.getByRole('button', { name: 'Act on 1 selected' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What to do').first().click()
    await page.getByRole('option', { name: 'Send a notice' }).click()
    await dialog.getByLabel('Subject', { exact: false }).fill('New terms')
    await dialog.getByLabel('Text', { exact: false }).fill('They begin in June.')
    await dialog.getByLabel('Reason', { exact: false }).fill('The lawyers say so')
    await dialog.getByRole('button', { name: 'Do it to 1 tenant' }).click()
    await page.waitForURL(/\/bulk\/[0-9a-f-]{36}/)
    await page.getByText('Finished').waitFor()
    expect(await page.getByRole('status').innerText()).toMatch(/Done: 1/)
    const mail = await here.mailTo('owner@harbour.example', /New terms/)
    expect(mail).toMatch(/They begin in June\.[\s\S]*Harbour Estates, Boston/)
  }, 300_000)

  test('[SEC-13] [SEC-10] the tabs of a tenant are shown to whoever says why, and the tenant reads it', async () => {
    const { page } = visitor
    const { id } = here.tenants.northwind ?? { id: '' }
    await go(`/tenants/${id}`)
    expect(await main().innerText()).toContain('northwind')
    await page.getByRole('tab', { name: 'Members' }).click()
    await page.getByLabel('Why do you look?', { exact: false }).fill('Anfrage 17: für Zürich')
    await page.getByRole('button', { name: 'Go in' }).click()
    await page.getByRole('table', { name: 'Members' }).waitFor()
    expect(await main().innerText()).toContain('owner@northwind.example')
    const shows = {
      Quotas: /buildings\s+3, unlimited/,
      Usage: /When limits will be reached/,
      Settings: /Plan \w+, version \d+/,
      'API keys': /Works/i,
      'Domains and brand': /Brand/,
      'Subscription and invoices': /Subscription|Plan/,
      Audit: /platform\.tenant\.entered/,
      Health: /Activity/,
    }
    for (const [tab, shown] of Object.entries(shows)) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await stillness(page)
      await expect.poll(() => main().innerText(), { message: tab }).toMatch(shown)
      expect(
        await main()
          .getByRole('alert')
          .filter({ hasText: /wrong|cannot/ })
          .count(),
        tab,
      ).toBe(0)
    }
    const inTenant = here.tenantry.scope({ tenantId: id, actor: { kind: 'system', id } })
    const entries = await inTenant.run(sql<{ actorId: string; reason: string }>`
      select actor_id, after ->> 'reason' as reason from tenantry.audit_entries where action = 'platform.tenant.entered'`)
    expect(entries).toContainEqual({ actorId: here.operator.id, reason: 'Anfrage 17: für Zürich' })
  }, 300_000)

  test('[SEC-10] [SEC-13] an operator changes a role, removes a member, makes a key and revokes it: the tenant reads who and why', async () => {
    const { page } = visitor
    const { id } = here.tenants.northwind ?? { id: '' }
    const inTenant = here.tenantry.scope({ tenantId: id, actor: { kind: 'system', id } })
    const { members } = here.tenantry.services
    await members.add(inTenant, { email: 'temp@northwind.example', name: 'Terry Temp', role: 'viewer' })
    const roleOf = async () =>
      (await inTenant.first(sql<{ role: string }>`select role from tenantry.members where email = 'temp@northwind.example'`))
        ?.role
    await go(`/tenants/${id}`)
    await page.evaluate((tenant) => sessionStorage.setItem(`reason ${tenant}`, 'Ticket 99'), id)
    await go(`/tenants/${id}?tab=members`)
    const dialog = page.getByRole('dialog')
    const row = main().getByRole('row', { name: /Terry Temp/ })
    await row.getByRole('button', { name: 'Change role: Terry Temp' }).click()
    await dialog.getByLabel('Role', { exact: true }).first().click()
    await page.getByRole('option', { name: 'Manager' }).click()
    await dialog.getByRole('button', { name: 'As API call' }).click()
    const shown = page.getByText('tenantry member role', { exact: false })
    expect(await shown.innerText()).toContain(`tenantry member role ${id} 'temp@northwind.example' --role manager`)
    await dialog.getByRole('button', { name: 'As API call' }).click()
    await shown.waitFor({ state: 'detached' })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => row.innerText()).toContain('Manager')
    expect(await roleOf()).toBe('manager')
    await row.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByLabel('Name', { exact: false }).fill('Terry Temp')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await roleOf()).toBeUndefined()

    await page.getByRole('tab', { name: 'API keys' }).click()
    await page.getByRole('button', { name: 'New key' }).click()
    const create = dialog.getByRole('button', { name: 'Create' })
    expect(await create.isDisabled()).toBe(true)
    await dialog.getByLabel('Name', { exact: false }).first().fill('Their gateway')
    await dialog.getByLabel('As much as a role').first().click()
    await page.getByRole('option', { name: 'Viewer' }).click()
    await create.click()
    await dialog.getByText('Shown this once', { exact: false }).waitFor()
    const credential = /tnk_[A-Za-z0-9_]+/.exec(await dialog.innerText())?.[0] ?? ''
    const use = async () => {
      const headers = { host: `northwind.localhost:${here.port}`, authorization: `Bearer ${credential}` }
      return (await here.tenantry.app.inject({ url: '/v1/session', headers })).statusCode
    }
    expect(await use()).toBe(200)
    await dialog.getByRole('button').last().click()
    await dialog.waitFor({ state: 'detached' })
    const keyRow = main().getByRole('row', { name: /Their gateway/ })
    expect(await keyRow.innerText()).toMatch(/Works/i)
    await keyRow.getByRole('button', { name: 'Revoke Their gateway' }).click()
    await dialog.getByLabel('Name', { exact: false }).fill('Their gateway')
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => keyRow.innerText()).toMatch(/Revoked/i)
    await expect.poll(use).toBe(401)
    const entries = await inTenant.run(sql<{ actorId: string; reason: string; operation: string }>`
      select actor_id, after ->> 'reason' as reason, after ->> 'operation' as operation
        from tenantry.audit_entries where action = 'platform.tenant.entered' and after ->> 'reason' = 'Ticket 99'`)
    for (const operation of ['updateTenantMember', 'removeTenantMember', 'createTenantKey', 'revokeTenantKey']) {
      expect(entries).toContainEqual({ actorId: here.operator.id, reason: 'Ticket 99', operation })
    }
  }, 300_000)

  test('[BMS-9] each row of the list shows the limit of which its tenant has used most', async () => {
    const { id } = here.tenants.northwind ?? { id: '' }
    const scope = here.tenantry.scope({ tenantId: id, actor: { kind: 'operator', id: here.operator.id } })
    const used = (await here.tenantry.services.limits.list(scope)).find(({ name }) => name === 'buildings')?.used ?? 0
    await here.tenantry.services.limits.set(scope, 'buildings', used + 1)
    await here.tenantry.services.tenantStats.recount(id)
    await go('/tenants?search=northwind')
    const row = main().getByRole('row', { name: /Northwind/ })
    await row.getByRole('progressbar', { name: `buildings: ${used} of ${used + 1}` }).waitFor()
    expect(await row.innerText()).toMatch(new RegExp(`buildings\\s*${used} of ${used + 1}`))
    await here.tenantry.services.limits.set(scope, 'buildings', null)
  }, 300_000)

  test('[SEC-13] a quota that is nearly used says so, and leads to the plans; a larger one is agreed', async () => {
    const { page } = visitor
    const { id } = here.tenants.northwind ?? { id: '' }
    const scope = here.tenantry.scope({ tenantId: id, actor: { kind: 'operator', id: here.operator.id } })
    const limits = await here.tenantry.services.limits.list(scope)
    const buildings = limits.find(({ name }) => name === 'buildings')
    await here.tenantry.services.limits.set(scope, 'buildings', buildings?.used ?? 1)
    await go(`/tenants/${id}?tab=quotas`)
    const prompt = main()
      .getByRole('alert')
      .filter({ hasText: /nearly reached/ })
    expect(await prompt.innerText()).toContain('buildings')
    await page.getByRole('button', { name: 'Agree another limit: buildings' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('At most', { exact: false }).fill('500')
    await dialog.getByLabel('Reason', { exact: false }).fill('Agreed by phone')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => main().innerText()).toContain('of 500')
    expect(await prompt.count()).toBe(0)
    await here.tenantry.services.limits.set(scope, 'buildings', buildings?.used ?? 1)
    await go(`/tenants/${id}?tab=quotas`)
    await prompt.getByRole('button', { name: 'See other plans' }).click()
    await page.waitForURL(/tab=billing/)
    await page.getByRole('button', { name: 'Choose a plan' }).click()
    await dialog.getByLabel('Plan', { exact: false }).first().click()
    await page.getByRole('option').first().click()
    await expect.poll(() => dialog.innerText()).toMatch(/Gained|Lost|→|stay the same/)
    await page.keyboard.press('Escape')
  }, 300_000)

  test('[CRM-14] all that differs from the plan is listed, and exported', async () => {
    const { page } = visitor
    await go(`/tenants/${idOf('northwind')}?tab=settings`)
    await expect.poll(() => main().innerText()).toMatch(/Agreed beside the plan[\s\S]*buildings/)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    expect((await download).suggestedFilename()).toBe('northwind-differences.json')
    await page.getByRole('button', { name: 'End: buildings' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: false }).fill('buildings')
    await dialog.getByRole('button', { name: 'End: buildings' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => main().innerText()).toContain('Nothing differs')
  }, 300_000)

  test('[SEC-13] whoever suspends a tenant types its name and says why; resuming is in the same menu', async () => {
    const { page } = visitor
    await go(`/tenants/${idOf('harbour')}`)
    await page.getByRole('button', { name: 'Actions' }).click()
    await page.getByRole('menuitem', { name: 'Suspend', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason', { exact: false }).fill('Unpaid')
    const act = dialog.getByRole('button', { name: 'Suspend', exact: true })
    expect(await act.isDisabled()).toBe(true)
    const { name = '' } = (await here.tenantry.directory.tenantBySlug('harbour')) ?? {}
    await dialog.getByLabel('Name', { exact: false }).fill(name)
    await act.click()
    await dialog.waitFor({ state: 'detached' })
    await main().getByText('Suspended', { exact: true }).first().waitFor()
    expect(await statusOf('harbour')).toBe('suspended')
    await page.getByRole('button', { name: 'Actions' }).click()
    expect(await page.getByRole('menuitem', { name: /Restore: not in this status/ }).isDisabled()).toBe(true)
    await page.getByRole('menuitem', { name: 'Resume', exact: true }).click()
    await dialog.getByLabel('Reason', { exact: false }).fill('Paid')
    await dialog.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => statusOf('harbour')).toBe('active')
  }, 300_000)

  test('everybody can read every tab: light on a phone, and dark from right to left', async () => {
    const id = idOf('northwind')
    const looks = [
      { language: 'de', options: { viewport: { width: 390, height: 844 } } },
      { language: 'ar-XB', options: { colorScheme: 'dark' } },
    ] as const
    const tabs = ['members', 'quotas', 'usage', 'settings', 'keys', 'domains', 'billing', 'audit', 'health']
    const faults: string[] = []
    for (const { language, options } of looks) {
      const { page, open, close } = await here.visitorAs(here.operator, 'dashboard', options)
      await page.addInitScript(
        ([tenant, chosen]) => {
          localStorage.setItem('language', chosen)
          sessionStorage.setItem(`reason ${tenant}`, 'To read it')
        },
        [id, language] as const,
      )
      for (const tab of tabs) {
        await open(here.addressOf('dashboard', `/tenants/${id}?tab=${tab}`))
        for (const fault of await faultsIn(page)) faults.push(`${language} ${tab}: ${fault}`)
        const spare = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        if (spare > 0) faults.push(`${language} ${tab}: is ${spare} pixels too wide`)
      }
      await close()
    }
    expect(faults).toEqual([])
  }, 300_000)

  test('none of these pages makes the browser complain', () => {
    expect(visitor.complaints).toEqual([])
  })
})
