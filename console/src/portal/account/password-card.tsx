import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '../../api/describe-problem.ts'
import { personApi } from '../../api/person-api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Section } from './section.tsx'

const empty = { current: '', password: '' }

export function PasswordCard() {
  const { t } = useTranslation('account')
  const form = useForm({ initialValues: empty })
  const changing = useMutation({
    mutationFn: (body: typeof empty) => personApi.POST('/v1/me/password', { body }),
    onSuccess: () => {
      form.reset()
      notifications.show({ message: t('password.done') })
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const toggle = { 'aria-label': t('password.show'), tabIndex: 0 }
  return (
    <Section title={t('password.title')} about={t('password.about')}>
      <form onSubmit={form.onSubmit((values) => changing.mutate(values))}>
        <Stack>
          <PasswordInput
            label={t('password.current')}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={toggle}
            {...form.getInputProps('current')}
          />
          <PasswordInput
            label={t('password.new')}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={toggle}
            {...form.getInputProps('password')}
          />
          <ProblemAlert error={changing.error} />
          <Group>
            <Button type="submit" loading={changing.isPending}>
              {t('password.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
