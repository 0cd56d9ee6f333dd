import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsIn } from './axe.test-support.ts'
import {
  type ConsoleInBrowser,
  chromiumMissing,
  complaintsOf,
  startConsole,
  stillness,
  type Visitor,
} from './browser.test-support.ts'

if (chromiumMissing !== undefined) console.warn(chromiumMissing)

describe.skipIf(chromiumMissing !== undefined)('tenants below tenants, as operators see them', () => {
  let here: ConsoleInBrowser
  let visitor: Visitor

  beforeAll(async () => {
    here = await startConsole()
    visitor = await here.visitorAs(here.operator, 'dashboard')
  }, 240_000)
  afterAll(() => here?.close())

  const go = (path: string) => visitor.open(here.addressOf('dashboard', path))
  const fact = (name: string) => visitor.page.getByRole('row', { name: new RegExp(`^${name}`) })
  const parentOf = async (slug: string) => {
    const tenant = await here.tenantry.directory.tenantBySlug(slug)
    const parent = tenant?.parentId && (await here.tenantry.directory.tenantById(tenant.parentId))
    return parent ? parent.slug : undefined
  }

  test('[FIN-10] a new tenant is put below another one, the two lead to each other, and it is moved elsewhere', async () => {
    const { page } = visitor
    await go('/tenants/new')
    await page.getByLabel('Name', { exact: false }).first().fill('Pier Two')
    await page.getByLabel('Parent').first().fill('harb')
    await page.getByRole('option', { name: 'Harbour Estates (harbour)' }).click()
    await page.getByRole('button', { name: 'As API call' }).click()
    await page.getByText('--parent harbour', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'As API call' }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Pier Two' }).waitFor()
    expect(await parentOf('pier-two')).toBe('harbour')
    await fact('Parent').getByRole('link', { name: 'Harbour Estates' }).click()
    await page.getByRole('heading', { level: 1, name: 'Harbour Estates' }).waitFor()
    await fact('Below it').getByRole('link', { name: 'Pier Two' }).click()
    await page.getByRole('heading', { level: 1, name: 'Pier Two' }).waitFor()
    await stillness(page)
    expect(await faultsIn(page)).toEqual([])
    await page.getByRole('button', { name: 'Change the record' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Parent').first().fill('northw')
    await page.getByRole('option', { name: 'Northwind Offices (northwind)' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await fact('Parent').getByRole('link', { name: 'Northwind Offices' }).waitFor()
    expect(await parentOf('pier-two')).toBe('northwind')
  }, 180_000)

  test('a parent that is not possible is refused beside the field', async () => {
    const { page } = visitor
    const northwind = await here.tenantry.directory.tenantBySlug('northwind')
    await go(`/tenants/${northwind?.id}`)
    await page.getByRole('button', { name: 'Change the record' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Parent').first().fill('pier')
    await page.getByRole('option', { name: 'Pier Two (pier-two)' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('It is the tenant itself, or below it.').first().waitFor()
    expect(await parentOf('northwind')).toBeUndefined()
    const complaints = complaintsOf.get(page) ?? []
    expect(complaints.filter((each) => !/status of 400/.test(each))).toEqual([])
  }, 60_000)
})
