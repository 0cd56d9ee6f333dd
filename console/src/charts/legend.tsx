import { Group, Text, UnstyledButton } from '@mantine/core'
import { showNumber } from '../i18n/format.ts'
import { strokeOf } from './palette.ts'
import type { ChartSeries, Columns } from './series.ts'

export interface LegendProps {
  readonly label: string
  readonly series: readonly ChartSeries[]
  readonly columns: Columns
  /** What the pointer is over; null for the last there is. */
  readonly place: number | null
  readonly hidden: ReadonlySet<string>
  readonly onToggle: (id: string) => void
  readonly isDark: boolean
}

/** What each line is, how it looks, and its value under the pointer; a press takes it out of the picture and back. */
export function Legend({ label, series, columns, place, hidden, onToggle, isDark }: LegendProps) {
  return (
    <Group gap="md" role="group" aria-label={label}>
      {series.map(({ id, label, unit, colour, isBackground }, index) => {
        const stroke = strokeOf(colour ?? index, isDark)
        const value = valueAt(columns[index + 1] ?? [], place)
        return (
          <UnstyledButton key={id} aria-pressed={!hidden.has(id)} onClick={() => onToggle(id)} opacity={hidden.has(id) ? 0.6 : 1}>
            <Group gap={6} wrap="nowrap">
              <svg width="24" height="8" aria-hidden="true">
                <line
                  x1="0"
                  x2="24"
                  y1="4"
                  y2="4"
                  stroke={stroke.colour}
                  strokeWidth={isBackground ? 1.5 : 3}
                  strokeDasharray={(isBackground ? [3, 3] : stroke.dash).join(' ')}
                />
              </svg>
              <Text size="sm" td={hidden.has(id) ? 'line-through' : undefined}>
                {label}
              </Text>
              <Text size="sm" fw={600} ff="monospace">
                {value === undefined ? '–' : [showNumber(value, { maximumSignificantDigits: 5 }), unit].join(' ').trim()}
              </Text>
            </Group>
          </UnstyledButton>
        )
      })}
    </Group>
  )
}

/** Other lines have times of their own between those of this one: the value that held there, unless that is a gap. */
function valueAt(values: readonly (number | null | undefined)[], place: number | null): number | undefined {
  for (let index = place ?? values.length - 1; index >= 0; index--) {
    const value = values[index]
    if (value !== undefined) return value ?? undefined
  }
  return undefined
}
