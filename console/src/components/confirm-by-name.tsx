import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from './problem-alert.tsx'

export interface ConfirmByNameProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What has to be typed. */
  readonly name: string
  /** What goes with it, in words. */
  readonly children: ReactNode
  /** On the button: the act itself, not "OK". */
  readonly act: string
  readonly onConfirm: () => void
  readonly busy?: boolean
  readonly error?: unknown
}

/** Before what cannot be undone: whoever does it types the name of what goes. */
export function ConfirmByName({
  opened,
  onClose,
  title,
  name,
  children,
  act,
  onConfirm,
  busy = false,
  error,
}: ConfirmByNameProps) {
  const { t } = useTranslation('common')
  const [typed, setTyped] = useState('')
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name) onConfirm()
        }}
      >
        <Stack>
          {children}
          <Text size="sm">{t('typeName', { name })}</Text>
          <TextInput
            label={t('name')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <ProblemAlert error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" color="red" disabled={typed !== name} loading={busy}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
