/** One line of the table: a figure of ours, beside a peer's where there is one. */
export interface Result {
  readonly part: string
  readonly name: string
  /** As shown: a figure with its unit. */
  readonly ours: string
  /** Undefined where the line has no peer; the table says so. */
  readonly peer?: string
  /** What is judged: ours over peer, or a figure with a bound of its own. */
  readonly figure?: number
  /** Lowest and highest of the figure over the rounds. */
  readonly spread?: readonly [number, number]
  /** `least`: the figure must not be below it; `most`: not above it. Without a bound the line only tells. */
  readonly floor?: Bound
  readonly aim?: Bound
}

export interface Bound {
  readonly is: 'least' | 'most'
  readonly value: number
}

export const least = (value: number): Bound => ({ is: 'least', value })
export const most = (value: number): Bound => ({ is: 'most', value })

export type Verdict = 'reached' | 'within' | 'missed' | 'told'

/** `reached`: as good as aimed for; `within`: not as good, but past the floor; `missed`; `told`: nothing was asked of it. */
export function verdictOf({ figure, floor, aim }: Result): Verdict {
  if (figure === undefined || floor === undefined) return 'told'
  if (!holds(figure, floor)) return 'missed'
  return holds(figure, aim ?? floor) ? 'reached' : 'within'
}

function holds(figure: number, { is, value }: Bound): boolean {
  return is === 'least' ? figure >= value : figure <= value
}
