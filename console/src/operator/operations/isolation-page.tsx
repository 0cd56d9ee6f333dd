import { Alert, Anchor, Badge, Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { Copyable } from '../../components/copy.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'
import { useFollowing } from '../live/following.ts'
import { AttackVerdict } from './attack-verdict.tsx'

const readIsolation = async () => (await api.GET('/v1/operations/isolation')).data
type Isolation = Awaited<ReturnType<typeof readIsolation>>
type Finding = Isolation['examination']['report']['findings'][number]

function useFindingColumns(): Column<Finding>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'weight',
      title: t('isolation.weight'),
      show: ({ weight }) => <Badge color={weight === 'leak' ? 'red' : 'yellow'}>{t(`isolation.weights.${weight}`)}</Badge>,
    },
    { name: 'object', title: t('isolation.object'), show: ({ object }) => <Code>{object}</Code> },
    {
      name: 'what',
      title: t('isolation.what'),
      show: ({ what, why }) => (
        <>
          <Text size="sm">{what}</Text>
          <Text size="xs" c="dimmed">
            {why}
          </Text>
        </>
      ),
    },
    { name: 'mend', title: t('isolation.mend'), show: ({ mend }) => <Copyable text={mend} /> },
  ]
}

function useAttackColumns(): Column<Isolation['attacks'][number]>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'at',
      title: t('attacks.at'),
      show: ({ id, at }) => (
        <Anchor component={Link} to={`/operations/isolation/attacks/${id}`}>
          {showTime(at)}
        </Anchor>
      ),
    },
    { name: 'verdict', title: t('attacks.verdict'), show: ({ verdict }) => <AttackVerdict verdict={verdict} /> },
    { name: 'whole', title: t('attacks.scope'), show: ({ whole }) => (whole ? t('attacks.whole') : t('attacks.part')) },
  ]
}

export default function IsolationPage() {
  const { t } = useTranslation('operations')
  const { data, error } = useQuery({ queryKey: ['isolation'], queryFn: readIsolation, ...useFollowing(['isolation']) })
  const examine = useMutation({ mutationFn: () => api.POST('/v1/operations/isolation/examinations') })
  const findingColumns = useFindingColumns()
  const attackColumns = useAttackColumns()
  return (
    <>
      <PageHeader title={t('isolation.title')} about={t('isolation.about')}>
        <AsCall method="POST" path="/v1/operations/isolation/examinations" command="doctor" />
        <Button onClick={() => examine.mutate()} loading={examine.isPending}>
          {t('isolation.examine')}
        </Button>
      </PageHeader>
      <ProblemAlert error={error ?? examine.error} />
      {data && (
        <Stack gap="xl">
          <Examined examination={data.examination} />
          {data.examination.report.findings.length > 0 && (
            <DataTable
              caption={t('isolation.findings')}
              columns={findingColumns}
              rows={data.examination.report.findings}
              keyOf={({ rule, object }) => `${rule} ${object}`}
              empty={null}
            />
          )}
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('attacks.title')}
            </Title>
            <DataTable
              caption={t('attacks.title')}
              columns={attackColumns}
              rows={data.attacks}
              keyOf={({ id }) => id}
              empty={
                <EmptyState title={t('attacks.none')} why={t('attacks.noneWhy')}>
                  <Copyable text="tenantry attack" />
                </EmptyState>
              }
            />
          </section>
        </Stack>
      )}
    </>
  )
}

function Examined({ examination: { at, report } }: { readonly examination: Isolation['examination'] }) {
  const { t } = useTranslation('operations')
  const stands = report.verdict === 'clean'
  return (
    <Alert
      color={stands ? 'green' : report.verdict === 'leak' ? 'red' : 'yellow'}
      icon={stands ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
      title={t(`isolation.verdicts.${report.verdict}`)}
    >
      <Text size="sm">
        {t('isolation.examined', { relations: report.relations, enrolled: report.enrolled, rules: report.rules })}
      </Text>
      <Group gap="xs">
        <Text size="sm">
          {t('isolation.at')} <Age of={at} />
        </Text>
        {report.accepted.length > 0 && <Text size="sm">{t('isolation.accepted', { count: report.accepted.length })}</Text>}
      </Group>
    </Alert>
  )
}
