import { Button, Card, Code, FileButton, Group, List, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ActButton } from '../../components/act-button.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type SettingsFile, settingsIn } from './settings-file.ts'

/** Settings of an export, set here: all of them or none. What they are is shown before. */
export function SettingsImport({ whyNot }: { readonly whyNot: string | undefined }) {
  const { t } = useTranslation(['data', 'common'])
  const [file, setFile] = useState<SettingsFile>()
  const [isWrong, setWrong] = useState(false)
  const importing = useMutation({
    mutationFn: async (body: SettingsFile) => (await api.POST('/v1/settings/import', { body: body as never })).data,
    onSuccess: ({ settings }) => {
      notifications.show({ message: t('imported', { count: settings }) })
      setFile(undefined)
    },
  })
  const read = async (chosen: File | null) => {
    importing.reset()
    const found = chosen === null ? undefined : settingsIn(await chosen.text())
    setFile(found)
    setWrong(chosen !== null && found === undefined)
  }
  const names = Object.keys(file?.settings ?? {})
  return (
    <Card withBorder py="xs">
      <Group justify="space-between">
        <div>
          <Text fw={500}>{t('settings')}</Text>
          <Text size="sm" c="dimmed">
            {t('importWhat')}
          </Text>
          {isWrong && (
            <Text size="sm" c="red" role="alert">
              {t('wrongFile')}
            </Text>
          )}
        </div>
        {whyNot === undefined ? (
          <FileButton
            accept="application/json,.json"
            onChange={(chosen) => void read(chosen)}
            inputProps={{ 'aria-label': t('choose') }}
          >
            {(props) => (
              <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} {...props}>
                {t('choose')}
              </Button>
            )}
          </FileButton>
        ) : (
          <ActButton variant="default" whyNot={whyNot} leftSection={<IconUpload size={16} aria-hidden />} onClick={() => {}}>
            {t('choose')}
          </ActButton>
        )}
      </Group>
      {file && (
        <Modal
          opened
          onClose={() => setFile(undefined)}
          title={t('importTitle', { count: names.length })}
          closeButtonProps={{ 'aria-label': t('common:close') }}
        >
          <Stack>
            <List size="sm">
              {Object.entries(file.settings).map(([name, value]) => (
                <List.Item key={name}>
                  <Code>{name}</Code> {JSON.stringify(value)}
                </List.Item>
              ))}
            </List>
            <ProblemAlert error={importing.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setFile(undefined)}>
                {t('common:cancel')}
              </Button>
              <Button loading={importing.isPending} onClick={() => importing.mutate(file)}>
                {t('importAct')}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </Card>
  )
}
