import { Card, List, Progress, ThemeIcon, Title } from '@mantine/core'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'

/** What a new tenant does first. Gone as soon as all of it is done. */
export function FirstSteps() {
  const { t } = useTranslation('dashboard')
  const { data } = useQuery({
    queryKey: ['onboarding'],
    queryFn: async () => (await api.GET('/v1/tenants/current/onboarding')).data,
  })
  // Who may not read it is not told what to do; the page has one place for errors, and this is no loss.
  if (data === undefined || data.done === data.items.length) return null
  return (
    <Card withBorder component="section" aria-labelledby="first-steps">
      <Title order={2} size="h4" mb="xs" id="first-steps">
        {t('firstSteps', { done: data.done, all: data.items.length })}
      </Title>
      <Progress.Root mb="sm">
        <Progress.Section value={(100 * data.done) / data.items.length} aria-labelledby="first-steps" />
      </Progress.Root>
      <List spacing={4} center listStyleType="none">
        {data.items.map(({ name, title, done }) => (
          <List.Item
            key={name}
            icon={
              <ThemeIcon variant="transparent" color={done ? 'teal' : 'gray'} size="sm">
                {done ? <IconCircleCheck size={18} aria-label={t('done')} /> : <IconCircle size={18} aria-label={t('open')} />}
              </ThemeIcon>
            }
          >
            {t(`steps.${name}`, { defaultValue: title })}
          </List.Item>
        ))}
      </List>
    </Card>
  )
}
