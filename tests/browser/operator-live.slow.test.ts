import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleInBrowser, chromiumMissing, startConsole, type Visitor } from './browser.test-support.ts'

const missing = chromiumMissing
if (missing) console.warn(missing)

/** What the pages promise. */
const twoSeconds = 2_000

describe.skipIf(missing)("the operators' open pages", () => {
  let here: ConsoleInBrowser
  let visitor: Visitor
  /** Of the second operator, who works elsewhere. */
  let key: string
  beforeAll(async () => {
    here = await startConsole()
    visitor = await here.visitorAs(here.operator, 'dashboard')
    const { operators } = here.tenantry.services
    const other = await operators.create({ email: 'otto@operators.example', name: 'Otto Operator' })
    key = (await operators.createKey(other.id)).credential
  }, 240_000)
  afterAll(() => here?.close())

  const idOf = (slug: string) => here.tenants[slug]?.id ?? ''
  const main = () => visitor.page.locator('main')
  const isLive = () => visitor.page.locator('[data-live=true]').waitFor()
  const rowOf = (name: RegExp) => main().getByRole('row', { name })

  async function asOther(method: string, path: string, body?: object): Promise<{ readonly id: string }> {
    const answer = await here.tenantry.app.inject({
      method: method as 'POST',
      url: path,
      headers: {
        host: `dashboard.localhost:${here.port}`,
        authorization: `Bearer ${key}`,
        'tenantry-reason': 'Seen elsewhere',
        'idempotency-key': randomUUID(),
      },
      ...(body && { payload: body }),
    })
    expect(answer.statusCode, answer.body).toBeLessThan(300)
    return answer.body === '' ? { id: '' } : answer.json()
  }
  const move = (slug: string, what: 'suspend' | 'resume') =>
    asOther('POST', `/v1/tenants/${idOf(slug)}/${what}`, { reason: 'Elsewhere' })

  test('[SEC-13] what a second operator does to a tenant stands in the open list within two seconds', async () => {
    await visitor.open(here.addressOf('dashboard', '/tenants'))
    await isLive()
    await expect.poll(() => rowOf(/Harbour/).innerText()).toMatch(/Active/i)
    await move('harbour', 'suspend')
    await expect.poll(() => rowOf(/Harbour/).innerText(), { timeout: twoSeconds, interval: 50 }).toMatch(/Suspended/i)
    await move('harbour', 'resume')
    await expect.poll(() => rowOf(/Harbour/).innerText(), { timeout: twoSeconds, interval: 50 }).toMatch(/Active/i)
    const { id } = await asOther('POST', '/v1/tenants', { slug: 'lighthouse', name: 'Lighthouse', system: 'bms' })
    expect(id).not.toBe('')
    await expect.poll(() => rowOf(/Lighthouse/).count(), { timeout: twoSeconds, interval: 50 }).toBe(1)
  }, 120_000)

  test('[SEC-13] so it does on the open page of the tenant, and where another tenant is shown nothing is asked', async () => {
    const { page } = visitor
    await visitor.open(here.addressOf('dashboard', `/tenants/${idOf('northwind')}`))
    await isLive()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await move('harbour', 'suspend')
    await move('harbour', 'resume')
    await asOther('POST', `/v1/tenants/${idOf('northwind')}/suspend`, { reason: 'Late in May', mode: 'read_only' })
    await expect.poll(() => main().innerText(), { timeout: twoSeconds, interval: 50 }).toMatch(/read-only[\s\S]*Late in May/i)
    expect(asked.filter((path) => path === `/v1/tenants/${idOf('northwind')}`)).toHaveLength(1)
    await move('northwind', 'resume')
  }, 120_000)

  test('[SEC-11] an operation on many tenants that another ordered is in the open list, and its page goes on by itself', async () => {
    await visitor.open(here.addressOf('dashboard', '/bulk'))
    await isLive()
    const order = {
      action: { do: 'notify', subject: 'Work on Sunday', message: 'From two to three.' },
      selection: { tenants: [idOf('northwind'), idOf('harbour')] },
      reason: 'The machines are moved',
    }
    const { id } = await asOther('POST', '/v1/operations/bulk', order)
    const row = rowOf(/The machines are moved/)
    await expect.poll(() => row.count(), { timeout: twoSeconds, interval: 50 }).toBe(1)
    expect(await row.innerText()).toMatch(/Send a notice[\s\S]*Otto Operator/)
    await visitor.turnTo(here.addressOf('dashboard', `/bulk/${id}`))
    await expect.poll(() => visitor.page.getByRole('status').innerText(), { timeout: 20_000 }).toMatch(/Done: 2/)
    expect(await here.mailTo('owner@northwind.example', /Work on Sunday/)).toContain('From two to three.')
  }, 120_000)

  test('[SEC-13] while the stream is down a page says so and asks by itself, and it is live again when the stream is', async () => {
    const { page } = visitor
    await page.route('**/v1/operations/changes/stream', (route) => route.fulfill({ status: 503, body: '' }))
    await visitor.open(here.addressOf('dashboard', '/tenants'))
    await page.locator('[data-live=false]').waitFor()
    expect(await main().innerText()).toContain('Asks every few seconds')
    await move('harbour', 'suspend')
    await expect.poll(() => rowOf(/Harbour/).innerText(), { timeout: 15_000 }).toMatch(/Suspended/i)
    await move('harbour', 'resume')
    await page.unroute('**/v1/operations/changes/stream')
    await isLive()
    await expect.poll(() => rowOf(/Harbour/).innerText()).toMatch(/Active/i)
    // The browser tells of each refusal, and that is what was meant here.
    visitor.complaints.splice(0)
  }, 120_000)

  test('the servers that run are listed, with version and when they were last heard of', async () => {
    await visitor.open(here.addressOf('dashboard', '/operations/nodes'))
    const rows = main().getByRole('table', { name: 'Servers' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(2)
    expect(await rows.last().innerText()).toMatch(/Answers this[\s\S]*0\.1\.0[\s\S]*Runs/i)
  }, 120_000)

  test('none of these pages makes the browser complain', () => {
    expect(visitor.complaints).toEqual([])
  })
})
