import { Card, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ActButton } from '../../components/act-button.tsx'

export interface ExportRowProps {
  readonly title: string
  readonly about: string
  readonly whyNot: string | undefined
  readonly busy: boolean
  readonly onSave: () => void
}

export function ExportRow({ title, about, whyNot, busy, onSave }: ExportRowProps) {
  const { t } = useTranslation(['data', 'common'])
  return (
    <Card component="li" withBorder py="xs">
      <Group justify="space-between">
        <div>
          <Text fw={500}>{title}</Text>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
        <ActButton
          variant="default"
          whyNot={whyNot}
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={busy}
          aria-label={t('downloadOne', { title })}
          onClick={onSave}
        >
          {t('common:download')}
        </ActButton>
      </Group>
    </Card>
  )
}
