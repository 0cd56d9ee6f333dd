import { Anchor, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { boot } from '../boot.ts'

/** What the brand says at the end of every page; nothing at all where it says nothing. */
export function PageFooter() {
  const { t } = useTranslation('common')
  if (!boot.footer && !boot.supportEmail && !boot.poweredBy) return null
  return (
    <Group component="footer" mt="xl" gap="md" c="dimmed">
      {boot.footer && <Text size="sm">{boot.footer}</Text>}
      {boot.supportEmail && (
        <Anchor size="sm" href={`mailto:${boot.supportEmail}`}>
          {boot.supportEmail}
        </Anchor>
      )}
      {boot.poweredBy && boot.tenant && <Text size="sm">{t('poweredBy')}</Text>}
    </Group>
  )
}
