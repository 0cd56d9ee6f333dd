import { Badge, Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { signOut } from '../../api/sign-out.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Section } from './section.tsx'

type Session = components['schemas']['Session']

/** Browsers and programs that speak for the visitor, and the way to end each. */
export function SessionCard() {
  const { t } = useTranslation('account')
  const { data, error } = useQuery({ queryKey: ['sessions'], queryFn: async () => (await api.GET('/v1/me/sessions')).data.items })
  const ending = useMutation({
    mutationFn: async ({ id, current }: Session) =>
      current ? signOut() : api.DELETE('/v1/me/sessions/{id}', { params: { path: { id } } }),
  })
  const endingOthers = useMutation({ mutationFn: () => api.DELETE('/v1/me/sessions') })
  const columns: Column<Session>[] = [
    {
      name: 'what',
      title: t('session.what'),
      show: ({ kind, userAgent, current }) => (
        <>
          <Text size="sm" lineClamp={1} maw={320} title={userAgent}>
            {userAgent ?? t(`session.${kind}`)}
          </Text>
          {current && <Badge variant="dot">{t('session.current')}</Badge>}
        </>
      ),
    },
    { name: 'where', title: t('session.where'), show: ({ tenantName, host }) => tenantName ?? host ?? '–' },
    { name: 'address', title: t('session.address'), show: ({ address }) => address ?? '–' },
    { name: 'used', title: t('session.used'), show: ({ usedAt }) => <Age of={usedAt} /> },
    {
      name: 'end',
      title: t('session.act'),
      align: 'end',
      show: (session) => (
        <Button
          size="compact-sm"
          variant="default"
          loading={ending.isPending && ending.variables.id === session.id}
          aria-label={t('session.endOne', { what: session.userAgent ?? session.kind })}
          onClick={() => ending.mutate(session)}
        >
          {t('session.end')}
        </Button>
      ),
    },
  ]
  return (
    <Section title={t('session.title')} about={t('session.about')}>
      <ProblemAlert error={error ?? ending.error ?? endingOthers.error} />
      {data && (
        <DataTable caption={t('session.title')} columns={columns} rows={data} keyOf={({ id }) => id} empty={<Text>–</Text>} />
      )}
      <Group mt="sm">
        <Button
          variant="default"
          disabled={data === undefined || data.length < 2}
          loading={endingOthers.isPending}
          onClick={() => endingOthers.mutate()}
        >
          {t('session.endOthers')}
        </Button>
      </Group>
    </Section>
  )
}
