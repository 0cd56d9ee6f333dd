import { Card, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of a page under a title. No landmark: the tables in it are, by the same name. */
export function Section({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about?: string
  readonly children: ReactNode
}) {
  return (
    <Card withBorder component="section">
      <Title order={2} size="h4" mb={about === undefined ? 'sm' : 0}>
        {title}
      </Title>
      {about !== undefined && (
        <Text size="sm" c="dimmed" mb="sm">
          {about}
        </Text>
      )}
      {children}
    </Card>
  )
}
