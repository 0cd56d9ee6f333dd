import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Copyable } from './copy.tsx'

export interface OnceShownProps {
  readonly title: string
  /** Undefined where an answer was repeated: then it says that it is gone. */
  readonly secret: string | undefined
  readonly onClose: () => void
  /** What to do with it. */
  readonly children?: ReactNode
}

/** A secret that nobody can show again. Only its button closes it: a click beside it would lose the secret. */
export function OnceShown({ title, secret, onClose, children }: OnceShownProps) {
  const { t } = useTranslation('common')
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <Alert color="yellow" icon={<IconEyeOff aria-hidden />} title={t('once.title')}>
          {secret === undefined ? t('once.gone') : t('once.why')}
        </Alert>
        {secret !== undefined && <Copyable text={secret} />}
        {children && (
          <Text size="sm" component="div">
            {children}
          </Text>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            {t('once.kept')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
