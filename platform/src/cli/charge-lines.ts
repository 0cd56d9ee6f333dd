import type { PlannedChange } from '../billing/change-plan.ts'
import { formatMoney } from '../billing/money.ts'

/** What a change of plan would charge at once, before tax, line by line. */
export function chargeLines({ lines, terms }: Pick<PlannedChange, 'lines' | 'terms'>): string[] {
  return lines.map(({ description, amountMinor }) => `${formatMoney(amountMinor, terms.currency)}  ${description}`)
}
