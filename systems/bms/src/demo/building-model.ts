import type { ApiPoint } from '../api/bms-api.ts'

/**
 * An office as its sensors see it: people come at eight and leave at six, on weekdays; warmth, air and power follow them.
 * The same moment always gives the same values, so that what is filled in for yesterday meets what is sent live.
 */
export class BuildingModel {
  readonly #character: number
  readonly #clock: Intl.DateTimeFormat

  constructor(building: { readonly name: string; readonly timeZone: string }) {
    this.#character = hashOf(building.name)
    this.#clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: building.timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  }

  /** What every sensor shows at a moment, in milliseconds since 1970. */
  pointsAt(moment: number): ApiPoint[] {
    const time = new Date(moment).toISOString()
    const { hour, weekend } = this.#localTime(moment)
    const people = weekend ? 0.05 * bell(hour, 13, 4) : presence(hour)
    const sun = Math.max(0, Math.cos(((hour - 14) / 24) * 2 * Math.PI))
    const size = 0.7 + this.#character * 0.6
    const wander = (kind: string, span: number) => span * this.#wander(kind, moment)
    return [
      {
        time,
        pointType: 'temperature',
        unit: 'degC',
        value: round(18.5 + 2.6 * people + 1.2 * sun + wander('temperature', 0.4), 2),
      },
      { time, pointType: 'humidity', unit: '%', value: round(44 + 5 * people - 6 * sun + wander('humidity', 2), 1) },
      { time, pointType: 'co2', unit: 'ppm', value: round(425 + 480 * people * size + wander('co2', 18), 0) },
      { time, pointType: 'power', unit: 'kW', value: round(size * (11 + 62 * people + 9 * sun) + wander('power', 2.5), 2) },
    ]
  }

  #localTime(moment: number): { hour: number; weekend: boolean } {
    const parts = Object.fromEntries(this.#clock.formatToParts(moment).map(({ type, value }) => [type, value]))
    return { hour: Number(parts.hour) + Number(parts.minute) / 60, weekend: parts.weekday === 'Sat' || parts.weekday === 'Sun' }
  }

  /** Between -1 and 1, slow and without end: values of neighbouring five minutes, joined smoothly. */
  #wander(kind: string, moment: number): number {
    const step = moment / 300_000
    const from = Math.floor(step)
    const blend = (1 - Math.cos((step - from) * Math.PI)) / 2
    const at = (n: number) => hashOf(`${kind} ${this.#character} ${n}`) * 2 - 1
    return at(from) * (1 - blend) + at(from + 1) * blend
  }
}

/** How full the house is: filling from seven, a dip at lunch, empty by eight in the evening. */
function presence(hour: number): number {
  const arrived = 1 / (1 + Math.exp(-(hour - 8.3) * 2.2))
  const left = 1 / (1 + Math.exp(-(hour - 17.7) * 1.8))
  return Math.max(0, arrived - left - 0.18 * bell(hour, 12.7, 0.6))
}

function bell(hour: number, middle: number, width: number): number {
  return Math.exp(-(((hour - middle) / width) ** 2))
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** FNV-1a, as a fraction of one. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 12)) >>> 0) / 2 ** 32
}
