import { existsSync, readFileSync } from 'node:fs'
import { bms } from '@tenantry/bms'
import type { Page, Response } from 'playwright-core'
import { sql } from 'tenantry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rollUpPoints } from '../../platform/src/telemetry/roll-up.ts'
import { bmsPoints } from '../../systems/bms/src/point-store.ts'
import { faultsIn } from './axe.test-support.ts'
import {
  chromiumMissing,
  complaintsOf,
  openStage,
  type Stage,
  type StageMember,
  type StageTenant,
  signedInPage,
  stillness,
} from './browser.test-support.ts'
import { drawnAfter, sendMinutes, sendSeries } from './points.test-support.ts'

if (chromiumMissing !== undefined) console.error(chromiumMissing)
const machine = new URL('../../../shared/data/iiot/nab_machine_temperature_system_failure.csv', import.meta.url)

describe.skipIf(chromiumMissing !== undefined)('charts of a building', () => {
  let stage: Stage
  let tenant: StageTenant
  let member: StageMember
  let building: string
  let page: Page

  beforeAll(async () => {
    stage = await openStage([bms])
    tenant = await stage.tenant({ tier: 'enterprise' })
    member = await tenant.member('viewer')
    building = await newBuilding('Harbour House')
    await sendMinutes(tenant, building, { minutes: 3 * 1_440, value: (minute) => (minute % 1_440 < 480 ? 5 : 20) })
    page = await signedInPage(stage, member)
  }, 300_000)
  afterAll(() => stage?.close())

  const newBuilding = async (name: string): Promise<string> =>
    (await tenant.call('POST', '/v1/bms/buildings', { name, timeZone: 'Europe/London' })).id
  const open = async (id: string, query = '') => {
    await page.goto(`${tenant.origin}/views/buildings/${id}${query}`)
    await page.locator('.u-over').first().waitFor()
  }
  /** What the server answers to charts of a building from now on. */
  const answersOf = (id: string) => {
    const answers: Response[] = []
    page.on('response', (response) => {
      if (/\/data\?.*points=/.test(response.url()) && response.url().includes(id)) answers.push(response)
    })
    return {
      async last() {
        // The page may have drawn it before we are told of it.
        await expect.poll(() => answers.length, { timeout: 10_000 }).toBeGreaterThan(0)
        const answer = answers.at(-1) as Response
        return { ...(await answer.json()), pixels: Number(new URL(answer.url()).searchParams.get('points')) }
      },
    }
  }
  const search = () => Object.fromEntries(new URL(page.url()).searchParams)

  test('[BMS-12] the portfolio leads to a building, its chart names its zone and its values', async () => {
    await page.goto(`${tenant.origin}/views/buildings`)
    await page.getByRole('link', { name: 'Harbour House' }).click()
    await page.locator('.u-over').first().waitFor()
    await page.getByText('Times in Europe/London').first().waitFor()
    await expect.poll(() => page.getByRole('button', { name: /power/ }).innerText()).toMatch(/(5|20) kW/)
  })

  test('[BMS-12] drawing over a chart asks the server for that span anew; a double click goes back', async () => {
    await open(building, '?last=24h')
    const box = await page.locator('.u-over').first().boundingBox()
    if (box === null) throw new Error('There is no chart.')
    const hours: number[] = []
    page.on('request', (request) => {
      const { pathname, searchParams: asked } = new URL(request.url())
      if (!pathname.endsWith('/data') || !asked.has('points')) return
      hours.push((Date.parse(asked.get('end') ?? '') - Date.parse(asked.get('start') ?? '')) / 3_600_000)
    })
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => hours).toContainEqual(expect.closeTo(12, 0))
    await expect.poll(search).toMatchObject({ from: expect.any(String), to: expect.any(String) })
    await page.mouse.dblclick(box.x + box.width / 2, box.y + 60)
    await expect.poll(search).toEqual({ last: '24h' })
  })

  test('[BMS-12] a finger that moves sideways zooms, two taps go back, and up and down it scrolls the page', async () => {
    const phone = await signedInPage(stage, member, { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true })
    await phone.goto(`${tenant.origin}/views/buildings/${building}?last=24h`)
    const chart = phone.locator('.u-over').first()
    await chart.waitFor()
    await chart.scrollIntoViewIfNeeded()
    await stillness(phone)
    const touch = await phone.context().newCDPSession(phone)
    const send = async (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number, y?: number) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y: y ?? 0 }] })
    const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
      await send('touchStart', ...from)
      for (let step = 1; step <= 10; step++) {
        const at = (place: 0 | 1) => from[place] + ((to[place] - from[place]) * step) / 10
        await send('touchMove', at(0), at(1))
      }
      await send('touchEnd')
    }
    const asked = () => Object.fromEntries(new URL(phone.url()).searchParams)
    const hours = () => (Date.parse(asked().to ?? '') - Date.parse(asked().from ?? '')) / 3_600_000
    const place = async () => {
      const box = await chart.boundingBox()
      if (box === null) throw new Error('There is no chart.')
      return (share: number, y = 0.5): readonly [number, number] => [box.x + box.width * share, box.y + box.height * y]
    }
    let at = await place()
    await drag(at(0.25), at(0.75, 0.55))
    await expect.poll(hours).toBeCloseTo(12, 0)
    await stillness(phone)
    at = await place()
    // In one go: what comes between two questions of this test is no pause of a finger.
    await Promise.all([send('touchStart', ...at(0.5)), send('touchEnd'), send('touchStart', ...at(0.5)), send('touchEnd')])
    await expect.poll(asked).toEqual({ last: '24h' })
    await stillness(phone)
    at = await place()
    const scrolled = () => phone.evaluate('scrollY') as Promise<number>
    const before = await scrolled()
    await drag(at(0.5, 0.8), at(0.5, 0.1))
    await expect.poll(scrolled).toBeGreaterThan(before + 50)
    expect(asked()).toEqual({ last: '24h' })
    await phone.context().close()
  })

  test('[BMS-12] a series of another building stands beside those of this one: in picture, legend, table, file and address', async () => {
    const other = await newBuilding('Mill Lane')
    await sendMinutes(tenant, other, { minutes: 1_440, value: () => 42 })
    await open(building, '?last=24h')
    await page.getByRole('combobox', { name: 'Compare with' }).fill('Mill')
    await page.getByRole('option', { name: 'Mill Lane' }).click()
    await page.getByRole('combobox', { name: 'Its series' }).click()
    await page.getByRole('option', { name: 'power' }).click()
    const chart = page.getByRole('figure', { name: 'Measured in kW' })
    await expect.poll(() => chart.getByRole('button', { name: /Mill Lane · power/ }).innerText()).toContain('42 kW')
    await chart.getByRole('button', { name: /Harbour House · power/ }).waitFor()
    const [series] = (await tenant.call('GET', `/v1/bms/buildings/${other}/series`)).items
    expect(search()).toEqual({ last: '24h', with: `${other}:${series.sensorId}` })

    // Whoever gets the address sees the same.
    await page.reload()
    await chart.getByRole('button', { name: /Mill Lane · power/ }).waitFor()
    await chart.getByRole('button', { name: 'Table' }).click()
    await chart.getByRole('columnheader', { name: 'Mill Lane · power (kW)' }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), chart.getByRole('button', { name: 'CSV' }).click()])
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n')
    expect(lines[0]).toBe('time,Harbour House · power (kW),Mill Lane · power (kW)')
    expect(lines.some((line) => line.endsWith(',42'))).toBe(true)
    // With the pointer on the button that was clicked.
    expect(await faultsIn(page)).toEqual([])

    await page.getByRole('button', { name: 'Take away Mill Lane · power' }).click()
    await expect.poll(search).toEqual({ last: '24h' })
    await expect.poll(() => chart.getByRole('columnheader').allInnerTexts()).toEqual(['Time (Europe/London)', 'power (kW)'])
  })

  test('[BMS-12] [BMS-4] an address with a building that one may not read is told so, and the others are drawn', async () => {
    const other = await newBuilding('Closed House')
    await sendMinutes(tenant, other, { minutes: 60, value: () => 13 })
    const [series] = (await tenant.call('GET', `/v1/bms/buildings/${other}/series`)).items
    const limited = await tenant.member('viewer', { reach: 'granted' })
    const scope = stage.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    await scope.run(sql`insert into tenantry.grants (actor_id, object_id) values (${limited.id}, ${building})`)
    await stage.tenantry.directory.catchUp()
    const his = await signedInPage(stage, limited)
    await his.goto(`${tenant.origin}/views/buildings/${building}?last=24h&with=${other}:${series.sensorId}`)
    await his.getByRole('alert').waitFor()
    await his.getByRole('button', { name: /^power/ }).waitFor()
    expect(await his.getByText('Closed House').count()).toBe(0)
    expect(await his.getByText('13 kW').count()).toBe(0)
    await his.context().close()
  })

  test('[BMS-12] any span can be typed, without a pointer, on the clocks of the building', async () => {
    await open(building)
    await page.getByLabel('From', { exact: true }).fill('2026-07-01T00:00')
    await page.getByLabel('To', { exact: true }).fill('2026-07-08T00:00')
    await page.keyboard.press('Enter')
    await expect.poll(search).toEqual({ from: '2026-06-30T23:00:00Z', to: '2026-07-07T23:00:00Z' })
    await page.getByText('Nothing was measured in this span: power').first().waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await expect.poll(search).toEqual({ last: '24h' })
  })

  test('[BMS-12] a point is in the chart when it arrives, without another question', async () => {
    const own = await newBuilding('Live House')
    await sendMinutes(tenant, own, { minutes: 30, value: () => 1 })
    await open(own, '?last=1h')
    await page.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => page.getByRole('button', { name: /power/ }).innerText()).toContain('1 kW')
    // Until mean and peak are there too, which are asked for after the picture.
    await stillness(page)
    let questions = 0
    page.on('request', (request) => {
      if (request.url().includes(`${own}/data?`)) questions++
    })
    await sendMinutes(tenant, own, { minutes: 1, value: () => 77 })
    await expect.poll(() => page.getByRole('button', { name: /power/ }).innerText(), { timeout: 10_000 }).toContain('77 kW')
    expect(questions).toBe(0)
  })

  test('[BMS-12] the same values as a table and as a file', async () => {
    await open(building, '?last=24h')
    const chart = page.getByRole('figure', { name: 'Measured in kW' })
    await chart.getByRole('button', { name: 'Table' }).click()
    await expect.poll(() => chart.getByRole('row').count()).toBeGreaterThan(50)
    await chart.getByRole('columnheader', { name: 'Time (Europe/London)' }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), chart.getByRole('button', { name: 'CSV' }).click()])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines[0]).toBe('time,power (kW)')
    expect(lines[1]).toMatch(/^20\d\d-.*Z,(5|20)$/)
    const [raw] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'All points as CSV' }).click(),
    ])
    expect(
      readFileSync(await raw.path(), 'utf8')
        .trim()
        .split('\r\n').length,
    ).toBeGreaterThan(1_400)
  })

  test('[BMS-12] base load, peak and the period before are those that were measured; the carpet has a cell for each hour', async () => {
    await open(building, '?last=24h&before=1')
    await page.getByText('Base load', { exact: true }).waitFor()
    await page.getByText('5 kW', { exact: true }).first().waitFor()
    await page.getByText('20 kW', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: /power · before/ }).waitFor()
    await page.getByText(/^Before: 5 \(±0\s?%\)$/).waitFor()
    await page.getByText('7 days', { exact: true }).click()
    const carpet = page.getByRole('figure', { name: 'Hour by day' })
    await carpet.locator('canvas').first().waitFor()
    await carpet.getByRole('button', { name: 'Table' }).click()
    const cells = await carpet.getByRole('cell').allInnerTexts()
    // Three days of hours; some are between both levels.
    expect(cells.filter((text) => /^\d+(\.\d+)?$/.test(text)).length).toBeGreaterThanOrEqual(72)
  })

  test('[BMS-12] a year of a point each minute is drawn from two values per pixel, within seconds on a busy machine', async () => {
    const own = await newBuilding('Year House')
    await sendMinutes(tenant, own, { minutes: 525_600, value: (minute) => (minute === 200_000 ? 999 : minute % 97) })
    const scope = stage.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    while ((await rollUpPoints(scope, bmsPoints, { all: true })) > 0);
    await open(own, '?last=24h')
    const told = answersOf(own)
    const milliseconds = await drawnAfter(page, () => page.getByText('1 year', { exact: true }).click())
    const { series, pixels } = await told.last()
    console.log(`A year of a point each minute: drawn after ${milliseconds.toFixed(0)} ms`)
    expect(series[0].points.length).toBeLessThanOrEqual(2 * pixels)
    expect(series[0].points.length).toBeGreaterThan(pixels)
    expect(Math.max(...series[0].points.map(({ value }: { value: number }) => value))).toBe(999)
    expect(milliseconds).toBeLessThan(10_000)
  }, 240_000)

  test.skipIf(!existsSync(machine))(
    '[BMS-12] 22,695 real points are answered with at most two values per pixel, spikes kept',
    async () => {
      const own = await newBuilding('Machine Hall')
      const rows = readFileSync(machine, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',') as [string, string])
      expect(rows).toHaveLength(22_695)
      await sendSeries(
        tenant,
        own,
        rows.map(([time, value]) => `${time.replace(' ', 'T')}Z,${value}`),
      )
      const told = answersOf(own)
      await open(own, '?from=2013-12-02T00:00:00Z&to=2014-02-20T00:00:00Z')
      await page.getByRole('button', { name: /power/ }).waitFor()
      const { series, pixels } = await told.last()
      const values: number[] = series[0].points.map(({ value }: { value: number }) => value)
      expect(values.length).toBeLessThanOrEqual(2 * pixels)
      const measured = rows.map(([, value]) => Number(value))
      expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...measured), Math.max(...measured)])
    },
  )

  test('[BMS-4] a member who was given one building finds that one, and the other says that it was not given', async () => {
    const limited = await tenant.member('viewer', { reach: 'granted' })
    const scope = stage.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    await scope.run(sql`insert into tenantry.grants (actor_id, object_id) values (${limited.id}, ${building})`)
    await stage.tenantry.directory.catchUp()
    const other = await newBuilding('Not his')
    const his = await signedInPage(stage, limited)
    await his.goto(`${tenant.origin}/views/buildings`)
    await his.getByRole('link', { name: 'Harbour House' }).waitFor()
    expect(await his.getByRole('link', { name: 'Not his' }).count()).toBe(0)
    await his.goto(`${tenant.origin}/views/buildings/${other}`)
    await his.getByRole('alert').waitFor()
    expect(await his.getByText('Not his').count()).toBe(0)
    await his.context().close()
  })

  test.each(['light', 'dark'] as const)('WCAG has nothing against the pages, %s', async (colorScheme) => {
    const own = await signedInPage(stage, member, { colorScheme })
    for (const path of ['/', '/views/buildings', `/views/buildings/${building}?last=7d&before=1`, '/views/sensors']) {
      await own.goto(`${tenant.origin}${path}`)
      await stillness(own)
      expect(await faultsIn(own), path).toEqual([])
    }
    await own.context().close()
  })

  test('on a phone nothing is wider than the screen', async () => {
    const phone = await signedInPage(stage, member, { viewport: { width: 375, height: 700 } })
    await phone.goto(`${tenant.origin}/views/buildings/${building}?last=7d`)
    await phone.locator('.u-over').first().waitFor()
    expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(375)
    await phone.context().close()
  })

  test('no page complained, and none broke its policy', () => {
    expect(complaintsOf.get(page)).toEqual([])
  })
})
