import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

export function ClaimDomain({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['domains', 'common'])
  const form = useForm({ initialValues: { host: '' } })
  const host = form.values.host.trim().toLowerCase()
  const claiming = useMutation({
    mutationFn: () => api.POST('/v1/domains', { body: { host } }),
    onSuccess: onClose,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Modal opened onClose={onClose} title={t('claim')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit(() => claiming.mutate())}>
        <Stack>
          <Text size="sm">{t('claimWhy')}</Text>
          <TextInput
            label={t('host')}
            placeholder="cloud.client.co.uk"
            required
            data-autofocus
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('host')}
          />
          <ProblemAlert error={claiming.error} />
          <Group justify="space-between">
            <AsCall method="POST" path="/v1/domains" body={{ host }} />
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" disabled={host === ''} loading={claiming.isPending}>
                {t('claim')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
