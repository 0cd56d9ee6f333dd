import { Button, Group, Modal, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ifMatch } from '../views/object-api.ts'
import { changeWebhook, type Webhook, type WebhookWithSecret } from './webhook-queries.ts'

export interface WebhookFormProps {
  /** What is changed; none to make a new one. */
  readonly changed?: Webhook
  readonly onClose: () => void
  readonly onMade?: (webhook: WebhookWithSecret) => void
}

/** Whole families of events, for a start; every type can be typed. */
const families = ['platform.*', 'quota.*', 'invoice.*', 'subscription.*', 'security.*', 'webhook.*']

/** Where to tell what. */
export function WebhookForm({ changed, onClose, onMade }: WebhookFormProps) {
  const { t } = useTranslation(['webhooks', 'common'])
  const { tenant } = useSession()
  const form = useForm({
    initialValues: {
      url: changed?.url ?? 'https://',
      description: changed?.description ?? '',
      eventTypes: [...(changed?.eventTypes ?? ['*'])],
    },
  })
  const body = form.values
  const saving = useMutation({
    mutationFn: async () => {
      if (changed !== undefined) await changeWebhook(changed, body)
      else onMade?.((await api.POST('/v1/webhooks', { body })).data)
    },
    onSuccess: () => changed && onClose(),
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const wrongType = Object.entries(form.errors).find(([name]) => name.startsWith('eventTypes'))?.[1]
  return (
    <Modal
      opened
      onClose={onClose}
      title={changed === undefined ? t('newWebhook') : t('changeWebhook')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={form.onSubmit(() => saving.mutate())}>
        <Stack>
          <TextInput
            label={t('address')}
            description={t('addressHint')}
            type="url"
            required
            maxLength={2000}
            data-autofocus
            {...form.getInputProps('url')}
          />
          <TagsInput
            label={t('types')}
            description={t('typesHint')}
            data={['*', `${tenant.system}.*`, ...families]}
            value={form.values.eventTypes}
            onChange={(eventTypes) => form.setFieldValue('eventTypes', eventTypes)}
            acceptValueOnBlur
            error={wrongType}
          />
          <Textarea label={t('description')} maxLength={500} autosize {...form.getInputProps('description')} />
          <ProblemAlert error={saving.error} />
          <Group justify="space-between">
            {changed === undefined ? (
              <AsCall method="POST" path="/v1/webhooks" body={body} />
            ) : (
              <AsCall method="PATCH" path={`/v1/webhooks/${changed.id}`} body={body} headers={ifMatch(changed.version)} />
            )}
            <Button
              type="submit"
              loading={saving.isPending}
              disabled={form.values.eventTypes.length === 0}
              title={form.values.eventTypes.length === 0 ? t('noTypes') : undefined}
            >
              {changed === undefined ? t('common:create') : t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
