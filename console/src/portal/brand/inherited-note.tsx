import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export interface InheritedNoteProps {
  /** Of the field, in words. */
  readonly name: string
  /** What holds without a choice of one's own, and whose that is; undefined where nobody above says anything. */
  readonly inherited: { readonly from: string } | undefined
  readonly isOwn: boolean
  readonly onReturn: () => void
}

/** Below a field of the brand: whose value it shows, or the way back to that. */
export function InheritedNote({ name, inherited, isOwn, onReturn }: InheritedNoteProps) {
  const { t } = useTranslation('brand')
  if (inherited === undefined) return null
  const { from } = inherited
  return (
    <Group gap="xs" mt={4}>
      {isOwn ? (
        <Button variant="subtle" size="compact-xs" onClick={onReturn}>
          {t('inherited.return', { name, from })}
        </Button>
      ) : (
        <Text size="xs" c="dimmed">
          {t('inherited.from', { from })}
        </Text>
      )}
    </Group>
  )
}
