import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole, type Visitor } from './browser.test-support.ts'

describe.skipIf(chromiumMissing !== undefined)(`the operators' overview ${chromiumMissing ?? ''}`, () => {
  let here: ConsoleInBrowser
  let operator: Visitor
  beforeAll(async () => {
    here = await startConsole()
    operator = await here.visitorAs(here.operator, 'dashboard')
  }, 240_000)
  afterAll(() => here?.close())

  const go = (path: string) => operator.open(here.addressOf('dashboard', path))
  const figure = async (title: string) =>
    Number(await operator.page.getByRole('region', { name: title }).locator('[data-value]').getAttribute('data-value'))

  /** From the rows themselves, past every wall: as the one role that has none. */
  async function counted() {
    const database = new Client({ connectionString: here.database.superuserUrl })
    await database.connect()
    const { rows } = await database
      .query(`select
        (select count(*)::int from tenantry.tenants where status = 'active') as tenants,
        (select count(distinct user_id)::int from tenantry.members) as people,
        (select count(*)::int from tenantry.members where last_active_at >= date_trunc('day', now(), 'UTC')) as active,
        (select count(*)::int from bms.buildings) as buildings,
        (select count(*)::int from bms.sensors) as sensors,
        (select coalesce(sum(count), 0)::int from bms.points) as points,
        (select jsonb_object_agg(t.slug, (select count(*) from bms.buildings b where b.tenant_id = t.id)) from tenantry.tenants t) as of`)
      .finally(() => database.end())
    return rows[0]
  }

  test('[BMS-9] the figures and the table are those that the database counts: tenants, buildings, points, people, domain, status', async () => {
    const { page, complaints } = operator
    await go('/')
    await page.getByRole('button', { name: 'Count again' }).click()
    await expect.poll(() => page.getByRole('button', { name: 'Count again' }).isDisabled(), { timeout: 30_000 }).toBe(false)
    const truth = await counted()
    expect({
      tenants: await figure('Active tenants'),
      people: await figure('People'),
      active: await figure('Members active today'),
      buildings: await figure('Buildings'),
      sensors: await figure('Sensors'),
      points: await figure('Stored points'),
    }).toEqual({
      tenants: truth.tenants,
      people: truth.people,
      active: truth.active,
      buildings: truth.buildings,
      sensors: truth.sensors,
      points: truth.points,
    })
    const row = page.getByRole('table', { name: 'Companies' }).getByRole('row', { name: /northwind\.localhost/ })
    const cells = await row.getByRole('cell').allInnerTexts()
    const titles = await page.getByRole('table', { name: 'Companies' }).getByRole('columnheader').allInnerTexts()
    expect(cells[titles.indexOf('Buildings')]).toBe(String(truth.of.northwind))
    expect(cells).toContain('northwind.localhost')
    expect(cells.some((text) => /active/i.test(text))).toBe(true)
    expect(await page.getByText(/^Updated/).count()).toBe(1)
    expect(complaints).toEqual([])
  })

  test('the palette finds pages, tenants and actions from the keyboard', async () => {
    const { page } = operator
    await go('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Go to a page, or search' }).fill('harb')
    await page.getByRole('button', { name: /Harbour/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/tenants/${here.tenants.harbour?.id}`)
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Go to a page, or search' }).fill('invite op')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Invite an operator' }).waitFor()
  })

  test('an operator invites another, and disables him by typing his address', async () => {
    const { page } = operator
    await go('/operators?invite=1')
    const dialog = page.getByRole('dialog', { name: 'Invite an operator' })
    await dialog.getByLabel('Name').fill('Otto')
    await dialog.getByLabel('Mail address').fill('otto@operators.example')
    await dialog.getByRole('button', { name: 'Invite an operator' }).click()
    const link = page.getByRole('dialog', { name: 'Link of the invitation' })
    expect(await link.locator('pre').innerText()).toMatch(/\/operators\/accept#token=[\w-]{43}$/)
    await link.getByRole('button').last().click()
    await page.getByRole('link', { name: 'Otto', exact: true }).click()
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByRole('dialog', { name: 'Key' }).getByRole('button').last().click()
    await page.getByRole('button', { name: 'Disable' }).click()
    const sure = page.getByRole('dialog', { name: 'Disable Otto' })
    expect(await sure.getByRole('button', { name: 'Disable' }).isDisabled()).toBe(true)
    await sure.getByLabel('Name').fill('otto@operators.example')
    await sure.getByRole('button', { name: 'Disable' }).click()
    await sure.waitFor({ state: 'detached' })
    const known = await here.tenantry.services.operators.list()
    expect(known.find(({ email }) => email === 'otto@operators.example')?.disabledAt).not.toBeNull()
  })

  test('the database is examined anew from the page, and a version of a plan is published from the one before', async () => {
    const { page } = operator
    await go('/operations/isolation')
    await page.getByRole('button', { name: 'Examine again' }).click()
    await page.getByText(/relations were examined/).waitFor()
    await go('/plans')
    await page
      .getByRole('button', { name: /enterprise/i })
      .first()
      .click()
    await page.getByRole('link', { name: 'Next version from this one' }).first().click()
    const content = page.getByLabel('Content')
    await content.waitFor()
    await content.fill((await content.inputValue()).replace(/"title": "[^"]*"/, '"title": "Enterprise Plus"'))
    await page.getByRole('button', { name: 'Publish a version' }).click()
    await page.waitForURL(/\/plans\?/)
    await page.getByText('Enterprise Plus').first().waitFor()
    const versions = await here.tenantry.services.plans.versions('bms')
    expect(versions.find(({ key }) => key === 'enterprise')).toMatchObject({ content: { title: 'Enterprise Plus' } })
  })

  test('every page of the operations opens without a complaint', async () => {
    for (const path of [
      '/operations/jobs',
      '/operations/background',
      '/operations/migrations',
      '/operations/access',
      '/tenant-health',
      '/operators',
    ])
      await go(path)
    expect(operator.complaints).toEqual([])
  })
})
