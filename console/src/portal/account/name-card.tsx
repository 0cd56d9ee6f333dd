import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Section } from './section.tsx'

export type Me = components['schemas']['Person']

export function NameCard({ me }: { readonly me: Me }) {
  const { t } = useTranslation(['account', 'common'])
  const form = useForm({ initialValues: { name: me.name } })
  const saving = useMutation({
    mutationFn: (body: { name: string }) => api.PATCH('/v1/me', { body }),
    onSuccess: () => notifications.show({ message: t('saved') }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Section title={t('you')}>
      <form onSubmit={form.onSubmit((values) => saving.mutate(values))}>
        <Stack>
          <TextInput label={t('name')} autoComplete="name" required maxLength={200} {...form.getInputProps('name')} />
          <ProblemAlert error={saving.error} />
          <Group>
            <Button type="submit" loading={saving.isPending}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
