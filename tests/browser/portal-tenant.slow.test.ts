import { readFile } from 'node:fs/promises'
import { bms } from '@tenantry/bms'
import type { Page } from 'playwright-core'
import { sql } from 'tenantry'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  chromiumMissing,
  complaintsOf,
  openStage,
  type Stage,
  type StageTenant,
  signedInPage,
  stillness,
} from './browser.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

const maker = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const

const { base, enterprise } = bms.tiers as Required<Record<'base' | 'enterprise', NonNullable<(typeof bms.tiers)[string]>>>
/** Building analytics with plans that can be bought by whoever uses it. */
const priced = {
  ...bms,
  tiers: {
    base: { ...base, limits: { ...base.limits, buildings: 2 }, prices: { currency: 'GBP', monthly: 4_900 } },
    enterprise: { ...enterprise, prices: { currency: 'GBP', monthly: 24_900 } },
  },
} as typeof bms

/** Of a machine that does much else. */
const patience = { timeout: 60_000 }

describe.skipIf(chromiumMissing !== undefined)('the tenant in its portal', { timeout: 240_000 }, () => {
  let stage: Stage
  let tenant: StageTenant
  let page: Page

  beforeAll(async () => {
    stage = await openStage([priced])
    tenant = await stage.tenant({ name: 'Northwind', tier: 'base' })
    page = await signedInPage(stage, await tenant.member('owner'))
    page.setDefaultTimeout(patience.timeout)
  }, 300_000)
  afterAll(() => stage?.close())
  afterEach(() => {
    const complaints = complaintsOf.get(page)?.splice(0) ?? []
    expect(complaints.filter((text) => !text.includes('status of 4'))).toEqual([])
  })

  const open = async (path: string) => {
    await page.goto(`${tenant.origin}${path}`)
    await stillness(page)
  }
  const figure = (name: string) => page.locator(`[data-figure="${name}"]`)
  const button = (name: string | RegExp) => page.getByRole('button', { name })

  test('[CRM-8] the dashboard shows the numbers that the API counted', async () => {
    await tenant.call('POST', '/v1/bms/buildings', { name: 'Harbour House', timeZone: 'Europe/London' })
    await open('/')
    const stats = await tenant.call('GET', '/v1/tenants/current/stats')
    expect(stats.system.buildings).toBe(1)
    await expect.poll(() => figure('buildings').textContent(), patience).toBe(`Buildings${stats.system.buildings}`)
    expect(await figure('members').textContent()).toBe(`Members${stats.members}`)
    expect(await figure('keys').textContent()).toBe(`API keys${stats.keys}`)
    const quotas = (await tenant.call('GET', '/v1/quotas')).items
    const buildings = quotas.find(({ meter }: { meter: string }) => meter === 'buildings')
    expect(await page.locator('[data-meter=buildings]').first().textContent()).toContain(`${buildings.used} of ${buildings.max}`)
    await stage.tenantry.services.traffic.flush()
    await expect
      .poll(
        async () => {
          await page.reload()
          await stillness(page)
          const shown = await figure('requests').textContent()
          const counted = (await tenant.call('GET', '/v1/tenants/current/traffic')).total.requests
          return counted > 0 && shown === `Requests${counted.toLocaleString('en')}`
        },
        { timeout: 60_000 },
      )
      .toBe(true)
    expect(await page.locator('[data-health]').getAttribute('data-health')).toBe('healthy')
    await expect.poll(() => page.locator('[data-cost]').getAttribute('data-cost'), patience).toBe('4900')
  })

  test('[CRM-8] whoever meets a limit is led to the plans, sees what another one costs and changes, and goes on', async () => {
    await tenant.call('POST', '/v1/bms/buildings', { name: 'Mill', timeZone: 'Europe/London' })
    await open('/views/buildings')
    await button(/new|add|create/i)
      .first()
      .click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').fill('One too many')
    await form.getByRole('button', { name: 'Create', exact: true }).click()
    await form.getByText('The limit of your plan is reached').waitFor()
    await form.getByRole('link', { name: 'See what other plans have' }).click()
    const enterprise = page.locator('[data-plan=enterprise]')
    await enterprise.getByRole('button').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The plan changes at once').waitFor()
    expect(await dialog.textContent()).toContain('£249.00 a month')
    await dialog.getByRole('button', { name: 'Change plan' }).click()
    await page.getByText(/The plan is .* now/).waitFor()
    expect((await tenant.call('GET', '/v1/entitlements')).plan.key).toBe('enterprise')
    await tenant.call('POST', '/v1/bms/buildings', { name: 'No longer too many', timeZone: 'Europe/London' })
    await open('/billing')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: /as PDF/ })
        .first()
        .click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.pdf$/)
  })

  test('[CRM-14] what differs from plan and defaults stands on one page and can be taken along', async () => {
    await open('/settings?group=mail')
    const port = page.locator('[data-setting="mail.smtp.port"]')
    await port.getByRole('textbox').fill('2525')
    await port.getByRole('button', { name: 'Save' }).click()
    await port.getByText('Set here').waitFor()
    await tenant.call('POST', '/v1/roles', { name: 'Night watch', description: '', permissions: ['tenant:read'] })
    await open('/differences')
    await page.getByText('Port of the mail server').waitFor()
    await page.getByText('Night watch').waitFor()
    await button('Export').click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'As CSV' }).click()])
    const text = await readFile(await download.path(), 'utf8')
    expect(text).toContain('Settings,Port of the mail server,2525')
    expect(text).toContain('Roles,Night watch,tenant:read')
  })

  test('a member of two tenants goes from one to the other without signing in again', async () => {
    const other = await stage.tenant({ name: 'Southwind' })
    const member = await tenant.member('viewer')
    const { scope, directory } = stage.tenantry
    const [known] = await scope({ tenantId: tenant.id, actor: maker }).run(
      sql<{ userId: string }>`select user_id from tenantry.members where id = ${member.id}::uuid`,
    )
    await scope({ tenantId: other.id, actor: maker }).run(
      sql`insert into tenantry.members (user_id, email, name, role, reach) values (${known?.userId ?? ''}, ${member.email}, 'Both', 'viewer', 'all')`,
    )
    await directory.catchUp()
    const both = await signedInPage(stage, member)
    await both.goto(`${tenant.origin}/`)
    await both.getByRole('button', { name: 'Your other tenants' }).click()
    await both.getByRole('menuitem', { name: 'Southwind' }).click()
    await both.waitForURL(`${other.origin}/`)
    await both.getByText('Southwind').first().waitFor()
    expect(await both.content()).not.toContain('Northwind')
    await both.context().close()
  })
})
