import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** Where there is nothing yet: what would be here, why there is none, and the one button that changes it. */
export function EmptyState({
  title,
  why,
  children,
}: {
  readonly title: string
  readonly why: string
  readonly children?: ReactNode
}) {
  return (
    <Stack align="center" gap="xs" p="xl" ta="center">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={480}>
        {why}
      </Text>
      {children}
    </Stack>
  )
}
