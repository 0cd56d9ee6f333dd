import { checkSeries, type Point, parseInstant } from 'tenantry'
import type { ConnectorFields } from './fields.ts'

export interface ControllerAnswer {
  readonly points: readonly Point[]
  /** How many were no points that we could keep. */
  readonly refused: number
}

/** More in one answer is an answer that cannot be meant. */
export const mostPoints = 20_000
const dayAhead = 86_400_000_000

/**
 * Reads what a controller sent: `{"points": [{"point_type", "unit", "time", "value", "sensor"}]}`, or the list alone. Points that
 * cannot be kept are counted, so that one broken sensor does not silence a building.
 *
 * @param now microseconds since 1970; what lies more than a day ahead of it cannot be kept
 * @returns undefined for something else altogether
 */
export function readControllerAnswer(bytes: Uint8Array, fields: ConnectorFields, now: number): ControllerAnswer | undefined {
  const list = listIn(parse(bytes), fields)
  if (list === undefined || list.length > mostPoints) return undefined
  const points: Point[] = []
  for (const item of list) {
    const point = pointIn(item, fields)
    if (point !== undefined && point.time <= now + dayAhead) points.push(point)
  }
  const refused = list.length - points.length
  // Nothing of it makes sense: the names of the fields are other ones.
  return points.length === 0 && refused > 0 ? undefined : { points, refused }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function listIn(answer: unknown, fields: ConnectorFields): unknown[] | undefined {
  const list = Array.isArray(answer) ? answer : own(answer, fields.points)
  return Array.isArray(list) ? list : undefined
}

function pointIn(item: unknown, fields: ConnectorFields): Point | undefined {
  const value = own(item, fields.value)
  const time = parseInstant(textOf(own(item, fields.time)))
  const number = typeof value === 'boolean' ? Number(value) : value
  if (time === undefined || typeof number !== 'number' || !Number.isFinite(number)) return undefined
  const type = textOf(own(item, fields.pointType)).toLowerCase()
  const series = checkSeries(type, textOf(own(item, fields.unit)), textOf(own(item, fields.sensor)))
  return typeof series === 'string' ? undefined : { ...series, time, value: number }
}

/** Of the answer itself: a field called `constructor` is not what every object has under that name. */
function own(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Record<string, unknown>)[name]
    : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
