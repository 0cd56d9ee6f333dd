import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { showNumber } from '../../i18n/format.ts'

/** One number, what it is, and what else there is to say of it. */
export function Figure({
  title,
  value,
  children,
}: {
  readonly title: string
  readonly value: number
  readonly children?: ReactNode
}) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fz={28} fw={700} data-value={value}>
        {showNumber(value)}
      </Text>
      {children && (
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      )}
    </Paper>
  )
}
