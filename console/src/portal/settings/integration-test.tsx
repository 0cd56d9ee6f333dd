import { Alert, Button, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'

export interface IntegrationTestProps {
  readonly name: string
  readonly isSet: boolean
  readonly mayWrite: boolean
}

/** Calls the address with its token, and says how that went. */
export function IntegrationTest({ name, isSet, mayWrite }: IntegrationTestProps) {
  const { t } = useTranslation('settings')
  const testing = useMutation({
    mutationFn: async () => (await api.POST('/v1/settings/integrations/{name}/test', { params: { path: { name } } })).data,
  })
  return (
    <>
      <ProblemAlert error={testing.error} />
      {testing.data && (
        <Alert color={testing.data.reached ? 'teal' : 'red'} role="status">
          {testing.data.reached
            ? t('integration.answered', { status: testing.data.status })
            : t('integration.failed', { code: testing.data.code })}
        </Alert>
      )}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!mayWrite || !isSet}
          loading={testing.isPending}
          onClick={() => testing.mutate()}
        >
          {t('integration.test')}
        </Button>
      </Group>
    </>
  )
}
