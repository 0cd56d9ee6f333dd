import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, complaintsOf, openStage, type Stage, type StageTenant, signedInPage } from './browser.test-support.ts'
import { library } from './library-system.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)

describe.skipIf(chromiumMissing !== undefined)('pages of a system that the portal has never heard of', () => {
  let stage: Stage
  let tenant: StageTenant
  let page: Page
  let shelf: string

  beforeAll(async () => {
    stage = await openStage([library])
    tenant = await stage.tenant({ name: 'Town Library' })
    shelf = (await tenant.call('POST', '/v1/library/shelves', { name: 'By the window' })).id
    page = await signedInPage(stage, await tenant.member('manager'))
  }, 300_000)
  afterAll(() => stage?.close())

  const book = (title: string, more: object = {}) => tenant.call('POST', '/v1/library/books', { title, shelfId: shelf, ...more })
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) })
  const shows = (text: string | RegExp) =>
    expect.poll(() => page.getByText(text).first().isVisible(), { timeout: 15_000 }).toBe(true)

  test('they are in the menu, its dashboard is the first page, and the numbers are those of the API', async () => {
    await page.goto(`${tenant.origin}/`)
    await shows('4,711')
    const menu = await page.getByRole('navigation').getByRole('link').allInnerTexts()
    expect(menu.slice(0, 3)).toEqual(['Overview', 'Books', 'Shelves'])
    await page.getByRole('link', { name: 'Books' }).click()
    await shows('There is nothing here yet')
    expect(page.url()).toBe(`${tenant.origin}/views/books`)
  })

  test('a form has an input for each field as its schema asks for it, and what it makes is in the table', async () => {
    await page.goto(`${tenant.origin}/views/books`)
    await page.getByRole('button', { name: 'Create' }).first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Title').fill('Middlemarch')
    await form.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'manual' }).click()
    await form.getByLabel('Pages').fill('912')
    await form.getByRole('switch', { name: 'Lent' }).check({ force: true })
    await form.getByLabel('Bought').fill('2026-02-28')
    await form.getByRole('combobox', { name: 'Shelf' }).click()
    await page.getByRole('option', { name: 'By the window' }).click()
    await form.getByRole('button', { name: 'Create' }).click()
    await expect
      .poll(() => row('Middlemarch').innerText(), { timeout: 15_000 })
      .toMatch(/manual\s+912\s+Yes\s+By the window\s+28 Feb 2026|manual\s+912\s+Yes\s+By the window\s+Feb 28, 2026/)
    const { items } = await tenant.call('GET', '/v1/library/books')
    expect(items[0]).toMatchObject({
      title: 'Middlemarch',
      kind: 'manual',
      pages: 912,
      lent: true,
      boughtOn: '2026-02-28',
      notes: null,
    })
  })

  test('what the server refuses stands at its field, and nothing was made', async () => {
    await page.goto(`${tenant.origin}/views/books?new=1`)
    const form = page.getByRole('dialog')
    await form.getByLabel('Title').fill('Too long')
    await form.getByLabel('Pages').fill('10001')
    await form.getByRole('combobox', { name: 'Shelf' }).click()
    await page.getByRole('option', { name: 'By the window' }).click()
    await form.getByRole('button', { name: 'Create' }).click()
    await expect.poll(() => form.getByLabel('Pages').getAttribute('aria-invalid'), { timeout: 15_000 }).toBe('true')
    expect((await tenant.call('GET', '/v1/library/books?search=Too')).items).toEqual([])
  })

  test('a change sends what changed, and one of an older version is refused until what is there was loaded', async () => {
    const { id } = await book('Contested', { notes: 'As it was' })
    await page.goto(`${tenant.origin}/views/books?search=contested`)
    const change = async () => {
      await page.getByRole('button', { name: 'Actions for Contested' }).click()
      await page.getByRole('menuitem', { name: 'Change' }).click()
    }
    await change()
    const form = page.getByRole('dialog')
    expect(await form.getByRole('combobox', { name: 'Kind' }).isDisabled()).toBe(true)
    await fetchChange(id, { pages: 7 })
    await form.getByLabel('Notes').fill('As somebody else would have it')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByRole('button', { name: 'Close and load what is there now' }).click()
    await expect.poll(() => row('Contested').innerText()).toContain('7')
    await change()
    await form.getByLabel('Notes').fill('Agreed')
    await form.getByRole('button', { name: 'Save' }).click()
    await expect
      .poll(() => tenant.call('GET', `/v1/library/books/${id}`), { timeout: 15_000 })
      .toMatchObject({ notes: 'Agreed', pages: 7, version: 3 })
  })

  const fetchChange = async (id: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${stage.port}/v1/library/books/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json', 'if-match': '"v1"' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(200)
  }

  test('filters are in the address and come back with it; nothing found offers the way out', async () => {
    await book('Odes', { kind: 'poetry', pages: 80 })
    await page.goto(`${tenant.origin}/views/books`)
    await row('Odes').waitFor()
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'poetry' }).click()
    await expect.poll(() => page.url()).toContain('kind=poetry')
    await expect.poll(() => row('Middlemarch').count()).toBe(0)
    await page.reload()
    await row('Odes').waitFor()
    await page.goto(`${tenant.origin}/views/books?kind=poetry&pagesMin=500`)
    await page.getByRole('button', { name: 'Take filters away' }).click()
    await row('Middlemarch').waitFor()
  })

  test('a file has all that the filters find, with names that a program knows', async () => {
    for (let n = 0; n < 60; n++) await book(`Volume ${n}`, { pages: n + 1 })
    await page.goto(`${tenant.origin}/views/books?search=volume`)
    await row('Volume').first().waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines[0]).toBe('id,title,kind,pages,lent,boughtOn,shelfId,notes,createdAt,updatedAt')
    expect(lines).toHaveLength(61)
    await page.getByRole('button', { name: 'Show more' }).click()
    await expect.poll(() => row('Volume').count()).toBe(60)
  })

  test('what is deleted is named first', async () => {
    const { id } = await book('Obsolete')
    await page.goto(`${tenant.origin}/views/books?search=obsolete`)
    await page.getByRole('button', { name: 'Actions for Obsolete' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Name').fill('Obsolete')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await shows('Nothing found')
    await expect(tenant.call('GET', `/v1/library/books/${id}`)).rejects.toThrow('404')
  })

  test('markup in a field is text', async () => {
    await book('<img src=x onerror=alert(1)><b>Bold</b>')
    await page.goto(`${tenant.origin}/views/books?search=bold`)
    await shows('<img src=x onerror=alert(1)><b>Bold</b>')
  })

  test('whoever may only look is told so, and sees no buttons that would be refused', async () => {
    const viewer = await signedInPage(stage, await tenant.member('viewer'))
    await viewer.goto(`${tenant.origin}/views/books`)
    await viewer.getByRole('row', { name: /Middlemarch/ }).waitFor()
    expect(await viewer.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true)
    expect(await viewer.getByRole('button', { name: /Actions for/ }).count()).toBe(0)
    await viewer.close()
  })

  test('in German its own words are German, too', async () => {
    await page.goto(`${tenant.origin}/views/books?lang=de`)
    await page.getByRole('heading', { name: 'Bücher' }).waitFor()
    await page.getByRole('columnheader', { name: 'Gekauft' }).waitFor()
    await page.goto(`${tenant.origin}/views/books?lang=en`)
  })

  test('no page complained', () => {
    // Refusals that a test asked for are told by the browser, too.
    expect(complaintsOf.get(page)?.filter((text) => !/status of 4\d\d/.test(text))).toEqual([])
  })
})
