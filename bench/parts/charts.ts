import type { Page, Response } from 'playwright-core'
import { ensureConsoleBuilt } from '../../scripts/build-console.mjs'
import { chromiumMissing } from '../../tests/browser/chromium.test-support.ts'
import { drawnAfter } from '../../tests/browser/points.test-support.ts'
import { type ConsolePage, openConsolePage } from '../console-page.ts'
import { makeYear, postsTo, type Year } from '../database/year.ts'
import { type LongestTask, longestTaskWhile } from '../longest-task.ts'
import type { Bench, Part } from '../part.ts'
import { Poster } from '../post.ts'
import { most, type Result } from '../result.ts'
import { median, ofRounds } from '../statistics.ts'

/** What somebody waits for who opens a chart: the whole way, from the click over the server to the picture. */
export const charts: Part = {
  name: 'charts',
  title: 'Charts in a browser, from the click to the picture',
  // A build of the console, a browser, and a year of points.
  prepares: 60_000,
  run: measureCharts,
}

type Line = Omit<Result, 'part'>

const hour = 3_600_000
const fiveMinutes = 300_000
const realCount = 22_695

async function measureCharts({ installation, quick, note }: Bench): Promise<Line[]> {
  if (chromiumMissing !== undefined) {
    note(chromiumMissing)
    return [{ name: 'charts', ours: 'no Chromium' }]
  }
  await ensureConsoleBuilt()
  await using open = new AsyncDisposableStack()
  const portal = open.adopt(await openConsolePage(installation), (each) => each.close())
  const rounds = quick ? 5 : 15

  const yearHouse = await portal.building('Year')
  const year = makeYear(yearHouse, quick ? 130_000 : 525_600)
  note(`Storing ${year.count.toLocaleString('en')} points`)
  await store(portal, year)
  const longest = await portal.building('22,695 points')
  const from = Date.UTC(2025, 0, 1)
  const lines = Array.from(
    { length: realCount },
    (_, n) =>
      `temperature,building=${longest},unit=degC value=${70 + 30 * Math.sin(n / 300) + (n % 977 === 0 ? 50 : 0)} ${from / 1_000 + n * 300}`,
  )
  await portal.write(lines.join('\n'))
  await portal.rollUp()

  note('Drawing')
  const yearSpan = { start: year.start / 1_000, end: year.end / 1_000 }
  const ofYear = await drawnTimes(portal, yearHouse, yearSpan, rounds)
  const ofReal = await drawnTimes(portal, longest, { start: from, end: from + realCount * fiveMinutes }, rounds)
  const opened = await openedTimes(portal, longest, { start: from, end: from + realCount * fiveMinutes }, quick ? 3 : 7)
  const blocked = await longestTasks(portal, longest, quick ? 3 : 7)
  return [
    {
      ...drawn(`a year of two series each minute, ${year.count.toLocaleString('en')} points`, ofYear.milliseconds),
      floor: most(1_000),
    },
    { ...drawn('a series of 22,695 points', ofReal.milliseconds), floor: most(1_000), aim: most(150) },
    { ...drawn('  of it from the answer to the picture', ofReal.drawing), floor: most(150) },
    drawn('  of a page that is opened anew, to its first picture', opened),
    {
      name: '  values per pixel that were answered, at most',
      ours: ofReal.perPixel.toFixed(2),
      figure: ofReal.perPixel,
      floor: most(2),
    },
    {
      ...drawn(
        '100,000 points at once: the longest time that the page is blocked',
        blocked.map(({ milliseconds }) => milliseconds),
      ),
      floor: most(100),
    },
    drawn(
      '  of it processor time',
      blocked.map(({ processor }) => processor),
    ),
  ]
}

function drawn(name: string, times: readonly number[]): Line {
  return { name, ours: `${median(times).toFixed(0)} ms`, ...ofRounds(times) }
}

async function store(portal: ConsolePage, { batches }: Year): Promise<void> {
  const poster = new Poster(4)
  try {
    await poster.sendAll(postsTo(`${portal.api}/api/v2/write?precision=s`, batches, portal.writing))
  } finally {
    poster.close()
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Goes to a span as a click in the page does. */
async function go(page: Page, { start, end }: Span): Promise<void> {
  const query = new URLSearchParams({ from: new Date(start).toISOString(), to: new Date(end).toISOString() })
  await page.evaluate(`history.pushState({}, '', '?${query}'); dispatchEvent(new PopStateEvent('popstate'))`)
}

async function drawnTimes({ page, show }: ConsolePage, building: string, span: Span, rounds: number) {
  await show(building, { start: span.end - hour, end: span.end })
  const milliseconds: number[] = []
  const drawing: number[] = []
  let perPixel = 0
  const answers: Promise<void>[] = []
  const count = async (response: Response) => {
    const pixels = Number(new URL(response.url()).searchParams.get('points') ?? 0)
    if (pixels === 0) return
    const { series } = (await response.json()) as { series: { points: unknown[] }[] }
    perPixel = Math.max(perPixel, ...series.map(({ points }) => points.length / pixels))
  }
  const listen = (response: Response) => void answers.push(count(response))
  page.on('response', listen)
  for (let round = 0; round < rounds; round++) {
    // Another second each time: nobody has this answer yet.
    milliseconds.push(await drawnAfter(page, () => go(page, { start: span.start - round * 1_000, end: span.end })))
    drawing.push((await page.evaluate(lastDrawing)) as number)
  }
  page.off('response', listen)
  await Promise.all(answers)
  return { milliseconds, drawing, perPixel }
}

/** From the end of the last answer to the end of the first picture after it. */
const lastDrawing = `(() => {
  const answered = performance.getEntriesByType('resource').filter(({ name }) => name.includes('points=')).at(-1).responseEnd
  const picture = performance.getEntriesByName('chart').find(({ startTime }) => startTime >= answered)
  return picture.startTime + picture.duration - answered
})()`

/** From the address to the picture: the page's code is in the browser's cache, and nothing else. */
async function openedTimes({ page, show }: ConsolePage, building: string, span: Span, rounds: number): Promise<number[]> {
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    await show(building, { start: span.start - round * 1_000, end: span.end })
    const picture = `(() => { const { startTime, duration } = performance.getEntriesByName('chart')[0]; return startTime + duration })()`
    found.push((await page.evaluate(picture)) as number)
  }
  return found
}

/** A server that answered far too much: the page goes on answering its reader all the same. */
async function longestTasks({ page, show }: ConsolePage, building: string, rounds: number): Promise<LongestTask[]> {
  const end = Date.UTC(2025, 1, 1)
  const points = Array.from({ length: 100_000 }, (_, n) => ({
    time: new Date(end - (100_000 - n) * 1_000).toISOString(),
    value: Math.sin(n / 500),
  }))
  await show(building, { start: end - hour, end })
  await page.route(/\/data\?.*points=/, (route) => {
    const sensorId = new URL(route.request().url()).searchParams.get('sensor_id')
    const series = [{ sensorId, pointType: 'temperature', unit: 'degC', sensor: '', points }]
    return route.fulfill({ json: { buildingId: building, timeZone: 'UTC', window: null, pixelSeconds: 0, series } })
  })
  const found: LongestTask[] = []
  for (let round = 0; round < rounds; round++) {
    const task = await longestTaskWhile(page, async () => {
      await drawnAfter(page, () => go(page, { start: end - 28 * hour - round * 1_000, end }))
      await page.waitForTimeout(500)
    })
    found.push(task)
  }
  return found
}
