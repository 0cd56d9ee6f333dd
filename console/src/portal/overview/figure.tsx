import { Card, Text } from '@mantine/core'
import { showNumber } from '../../i18n/format.ts'

export interface FigureProps {
  readonly name: string
  readonly label: string
  /** Undefined while nobody knows, null where there is none. */
  readonly value: number | null | undefined
  readonly show?: (value: number) => string
}

/** A number that is read across the room. */
export function Figure({ name, label, value, show = showNumber }: FigureProps) {
  return (
    <Card withBorder data-figure={name}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={28} fw={700}>
        {value === undefined || value === null ? '–' : show(value)}
      </Text>
    </Card>
  )
}
