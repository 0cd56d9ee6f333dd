import { Group, Text } from '@mantine/core'
import { IconBolt, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { UpdatedAt } from '../../components/age.tsx'
import { useLive } from './live-state.ts'

/** How old what stands on the page is, and whether it changes by itself or by asking again. */
export function LiveMark({ at }: { readonly at: number }) {
  const { t } = useTranslation('common')
  const isLive = useLive()
  const Icon = isLive ? IconBolt : IconRefresh
  return (
    <Group gap={6} wrap="nowrap">
      <UpdatedAt at={at} />
      <Text size="sm" c="dimmed" component="span" data-live={isLive}>
        <Icon size={14} aria-hidden /> {t(isLive ? 'live' : 'notLive')}
      </Text>
    </Group>
  )
}
