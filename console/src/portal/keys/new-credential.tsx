import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Copyable } from '../../components/copy.tsx'
import { OnceShown } from '../../components/once-shown.tsx'
import type { CreatedKey } from './key-queries.ts'

/** The key itself, and a first call with it. */
export function NewCredential({ made, onClose }: { readonly made: CreatedKey; readonly onClose: () => void }) {
  const { t } = useTranslation('keys')
  return (
    <OnceShown title={t('made', { name: made.name })} secret={made.credential} onClose={onClose}>
      {made.credential && (
        <Stack gap="xs">
          <Text size="sm">{t('firstCall')}</Text>
          <Copyable text={`curl ${location.origin}/v1/session \\\n  -H 'Authorization: Bearer ${made.credential}'`} />
        </Stack>
      )}
    </OnceShown>
  )
}
