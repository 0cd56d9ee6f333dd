import { Group, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { boot } from '../boot.ts'

/** First thing of every page; its buttons stand at the end. Also the title of the browser's tab. */
export function PageHeader({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about?: string
  readonly children?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · ${boot.name}`
  }, [title])
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      {/* An address or a name of one long word must not push the page wide. */}
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {about && (
          <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {about}
          </Text>
        )}
      </div>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  )
}
