import { before, type Range } from '../../charts/range.ts'
import type { ChartSeries } from '../../charts/series.ts'
import { readPath } from './object-api.ts'

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

export interface Answer<Point> {
  readonly timeZone: string
  readonly pixelSeconds?: number
  readonly series: readonly (NamedSeries & { readonly points: readonly Point[] })[]
}

export interface Picture {
  readonly pixelSeconds: number | undefined
  readonly lines: readonly ChartSeries[]
}

const instants = ({ start, end }: Range) => ({ start: new Date(start).toISOString(), end: new Date(end).toISOString() })

/** `temperature · Supply` */
export function nameOf({ pointType, sensor }: NamedSeries): string {
  return sensor === '' ? pointType : `${pointType} · ${sensor}`
}

/** A picture `pixels` wide: the server answers at most two values for each of them, spikes kept. */
export async function readPicture(
  path: string,
  ids: readonly string[],
  range: Range,
  pixels: number,
  signal?: AbortSignal,
): Promise<Picture> {
  const query = { ...instants(range), sensor_id: ids.join(','), points: pixels }
  const answer = await readPath<Answer<{ time: string; value: number }>>(path, query, signal)
  return {
    pixelSeconds: answer.pixelSeconds,
    lines: answer.series.map((series) => ({ ...lineOf(series), ...columnsOf(series.points) })),
  }
}

/** The period before, drawn where this one is. */
export async function readPictureBefore(
  path: string,
  ids: readonly string[],
  range: Range,
  pixels: number,
  signal?: AbortSignal,
): Promise<Picture> {
  const { lines, ...rest } = await readPicture(path, ids, before(range), pixels, signal)
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

function columnsOf(points: readonly { time: string; value: number }[]): Pick<ChartSeries, 'times' | 'values'> {
  return { times: points.map(({ time }) => Date.parse(time) / 1_000), values: points.map(({ value }) => value) }
}
