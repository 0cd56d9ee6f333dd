import { Button, Code, Group, Image, List, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { personApi } from '../../api/person-api.ts'
import { boot } from '../../boot.ts'
import { Copyable } from '../../components/copy.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveText } from '../../components/save-file.ts'

/** Password, picture with a first code, backup codes: in that order. */
export function AddSecondFactor({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const beginning = useMutation({
    mutationFn: async () => {
      const [{ data }, { toDataURL }] = await Promise.all([
        personApi.POST('/v1/me/totp', { body: { password } }),
        import('qrcode'),
      ])
      return { secret: data.secret, picture: await toDataURL(data.uri, { margin: 2, width: 220 }) }
    },
  })
  const confirming = useMutation({
    mutationFn: async () => (await personApi.POST('/v1/me/totp/confirm', { body: { code: code.replaceAll(/\D/g, '') } })).data,
  })
  const backupCodes = confirming.data?.backupCodes
  return (
    <Modal
      opened
      onClose={onClose}
      title={backupCodes ? t('totp.backupTitle') : t('totp.add')}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {backupCodes ? (
        <BackupCodes codes={backupCodes} onClose={onClose} />
      ) : beginning.data ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            confirming.mutate()
          }}
        >
          <Stack>
            <Text size="sm">{t('totp.scan')}</Text>
            <Image src={beginning.data.picture} alt={t('totp.picture')} w={220} h={220} mx="auto" />
            <Text size="sm">{t('totp.byHand')}</Text>
            <Copyable text={beginning.data.secret} />
            <TextInput
              label={t('totp.code')}
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              data-autofocus
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <ProblemAlert error={confirming.error} />
            <Group justify="flex-end">
              <Button type="submit" loading={confirming.isPending}>
                {t('totp.confirm')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            beginning.mutate()
          }}
        >
          <Stack>
            <PasswordInput
              label={t('password.current')}
              autoComplete="current-password"
              required
              data-autofocus
              visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <ProblemAlert error={beginning.error} />
            <Group justify="flex-end">
              <Button type="submit" loading={beginning.isPending}>
                {t('goOn')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

/** Shown this once: who loses the app gets in by one of them. */
function BackupCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  const { t } = useTranslation('account')
  return (
    <Stack>
      <Text size="sm">{t('totp.backupWhy')}</Text>
      <List listStyleType="none" dir="ltr">
        {codes.map((code) => (
          <List.Item key={code}>
            <Code>{code}</Code>
          </List.Item>
        ))}
      </List>
      <Group justify="space-between">
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() =>
            saveText(`${boot.name} ${t('totp.backupTitle')}.txt`, `${codes.join('\n')}\n`, 'text/plain;charset=utf-8')
          }
        >
          {t('totp.download')}
        </Button>
        <Button onClick={onClose}>{t('totp.kept')}</Button>
      </Group>
    </Stack>
  )
}
