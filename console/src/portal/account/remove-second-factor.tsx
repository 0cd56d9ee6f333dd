import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { personApi } from '../../api/person-api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'

export function RemoveSecondFactor({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const form = useForm({ initialValues: { password: '', code: '' } })
  const removing = useMutation({
    mutationFn: (body: { password: string; code: string }) => personApi.POST('/v1/me/totp/remove', { body }),
    onSuccess: onClose,
  })
  return (
    <Modal opened onClose={onClose} title={t('totp.remove')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit((values) => removing.mutate({ ...values, code: values.code.trim() }))}>
        <Stack>
          <Text size="sm">{t('totp.removeWhy')}</Text>
          <PasswordInput
            label={t('password.current')}
            autoComplete="current-password"
            required
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          <TextInput label={t('totp.code')} autoComplete="one-time-code" required {...form.getInputProps('code')} />
          <ProblemAlert error={removing.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button type="submit" color="red" loading={removing.isPending}>
              {t('totp.remove')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
