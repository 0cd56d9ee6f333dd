import { before, type Range } from '../../charts/range.ts'
import type { ChartSeries } from '../../charts/series.ts'
import { readPath } from './object-api.ts'
import type { ViewSeries } from './views-query.ts'

export interface NamedSeries {
  readonly sensorId: string
  readonly pointType: string
  readonly unit: string
  readonly sensor: string
}

export interface SeriesList {
  readonly timeZone: string
  readonly firstAt: string | null
  readonly lastAt: string | null
  readonly items: readonly NamedSeries[]
}

/** Where series of one object are read. */
export interface Source {
  /** Of the object. */
  readonly name: string
  readonly dataPath: string
  readonly series: readonly NamedSeries[]
}

export interface Answer<Row> {
  readonly timeZone: string
  readonly pixelSeconds?: number
  readonly series: readonly (NamedSeries & { readonly points: readonly Row[] })[]
}

interface Point {
  readonly time: string
  readonly value: number
}

export interface Picture {
  readonly pixelSeconds: number | undefined
  readonly lines: readonly ChartSeries[]
}

const instants = ({ start, end }: Range) => ({ start: new Date(start).toISOString(), end: new Date(end).toISOString() })

/** A declared path, of one object. */
export const pathOf = (template: string, id: string) => template.replace('{id}', encodeURIComponent(id))

export const readSeriesList = (paths: ViewSeries, id: string) => readPath<SeriesList>(pathOf(paths.seriesPath, id))

/** `temperature · Supply` */
export function nameOf({ pointType, sensor }: NamedSeries): string {
  return sensor === '' ? pointType : `${pointType} · ${sensor}`
}

/** A picture `pixels` wide, of all sources: the server answers at most two values for each pixel of a series, spikes kept. */
export async function readPicture(
  sources: readonly Source[],
  range: Range,
  pixels: number,
  signal?: AbortSignal,
): Promise<Picture> {
  const answers = await Promise.all(
    sources.map(({ dataPath, series }) => {
      const query = { ...instants(range), sensor_id: series.map(({ sensorId }) => sensorId).join(','), points: pixels }
      return readPath<Answer<Point>>(dataPath, query, signal)
    }),
  )
  const lines: ChartSeries[] = []
  for (const series of answers.flatMap((answer) => answer.series)) {
    lines.push({ ...lineOf(series), ...(await columnsOf(series.points)) })
  }
  return { pixelSeconds: answers[0]?.pixelSeconds, lines }
}

/** The period before, drawn where this one is. */
export async function readPictureBefore(...[sources, range, pixels, signal]: Parameters<typeof readPicture>): Promise<Picture> {
  const { lines, ...rest } = await readPicture(sources, before(range), pixels, signal)
  const shift = (range.end - range.start) / 1_000
  return {
    ...rest,
    lines: lines.map((line) => ({
      ...line,
      id: `${line.id} before`,
      times: line.times.map((time) => time + shift),
      isBackground: true,
    })),
  }
}

export interface Window {
  readonly time: string
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly count: number
}

/** Windows of one series: by the hour up to some more than a year, then by the day. */
export async function readWindows(
  path: string,
  id: string,
  range: Range,
  window: string,
  signal?: AbortSignal,
): Promise<readonly Window[]> {
  const query = { ...instants(range), sensor_id: id, window, aggregate: 'min,max,mean,count' }
  return (await readPath<Answer<Window>>(path, query, signal)).series[0]?.points ?? []
}

const day = 86_400_000

/** Fine enough to see a night in it, and never more than the server gives at once. */
export function windowFor({ start, end }: Range): '15m' | '1h' | '1d' {
  if (end - start <= 3 * day) return '15m'
  return end - start <= 400 * day ? '1h' : '1d'
}

function lineOf(series: NamedSeries): Pick<ChartSeries, 'id' | 'label' | 'unit'> {
  return { id: series.sensorId, label: nameOf(series), unit: series.unit }
}

/** Read at once: more, and whoever types or scrolls meanwhile would notice. */
const pointsAtOnce = 10_000

async function columnsOf(points: readonly Point[]): Promise<Pick<ChartSeries, 'times' | 'values'>> {
  const times: number[] = []
  const values: number[] = []
  for (const [index, { time, value }] of points.entries()) {
    if (index > 0 && index % pointsAtOnce === 0) await new Promise((resolve) => setTimeout(resolve))
    times.push(Date.parse(time) / 1_000)
    values.push(value)
  }
  return { times, values }
}
