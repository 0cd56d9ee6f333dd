import type { Page } from 'playwright-core'
import type { StageTenant } from './stage.test-support.ts'

const linesAtOnce = 20_000

export interface Minutes {
  readonly minutes: number
  /** By minutes before now. */
  readonly value: (minutesAgo: number) => number
}

/** A point each minute up to now, of power in kW. */
export async function sendMinutes(tenant: StageTenant, building: string, { minutes, value }: Minutes): Promise<void> {
  const now = Date.now()
  const lines = Array.from({ length: minutes }, (_, ago) => `${new Date(now - ago * 60_000).toISOString()},${value(ago)}`)
  await sendSeries(tenant, building, lines)
}

/** Lines of time and value. */
export async function sendSeries(tenant: StageTenant, building: string, lines: readonly string[]): Promise<void> {
  for (let start = 0; start < lines.length; start += linesAtOnce) {
    const csv = ['time,value', ...lines.slice(start, start + linesAtOnce)].join('\n')
    await tenant.send('POST', `/v1/bms/buildings/${building}/points?point_type=power&unit=kW`, csv, 'text/csv')
  }
}

/** Milliseconds from an act until the picture that the server answered to it is drawn. */
export async function drawnAfter(page: Page, act: () => Promise<unknown>): Promise<number> {
  const from = (await page.evaluate('performance.now()')) as number
  await act()
  // Asked again and again: the page's policy lets nobody wait in it by text.
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await page.waitForTimeout(50)) {
    const milliseconds = await page.evaluate(`(${drawnSince})(${from})`)
    if (typeof milliseconds === 'number') return milliseconds
  }
  throw new Error('Nothing was drawn.')
}

/** Runs in the page. */
const drawnSince = `(since) => {
  const isPicture = (entry) => entry.startTime >= since && entry.name.includes('points=')
  const answered = performance.getEntriesByType('resource').filter(isPicture).at(-1)?.responseEnd
  if (!answered) return undefined
  const picture = performance.getEntriesByName('chart').find(({ startTime }) => startTime >= answered)
  return picture && picture.startTime + picture.duration - since
}`
