import { Badge, Code, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber, showTime } from '../../i18n/format.ts'
import { Figure } from '../overview/figure.tsx'
import { AttackVerdict } from './attack-verdict.tsx'

const readAttack = async (id: string) =>
  (await api.GET('/v1/operations/isolation/attacks/{id}', { params: { path: { id } } })).data
type Report = Awaited<ReturnType<typeof readAttack>>['report']
type Finding = Report['findings'][number]
interface Row {
  readonly operation: string
  readonly counts: Report['matrix'][string]
}

function useFindingColumns(): Column<Finding>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'kind',
      title: t('attacks.verdict'),
      show: ({ kind }) => <Badge color={kind === 'failed' ? 'red' : 'yellow'}>{t(`attacks.kinds.${kind}`)}</Badge>,
    },
    { name: 'operation', title: t('attacks.route'), show: ({ operation }) => <Code>{operation}</Code> },
    { name: 'attacker', title: t('attacks.attacker'), show: ({ attacker }) => attacker },
    { name: 'trial', title: t('attacks.trial'), show: ({ trial }) => trial },
    { name: 'what', title: t('isolation.what'), show: ({ what }) => what },
  ]
}

/** Of each relation: how many held, of how many that were tried. */
function useMatrixColumns(relations: readonly string[]): Column<Row>[] {
  const { t } = useTranslation('operations')
  return [
    { name: 'operation', title: t('attacks.route'), show: ({ operation }) => <Code>{operation}</Code> },
    ...relations.map(
      (relation): Column<Row> => ({
        name: relation,
        title: t(`attacks.relations.${relation}`, { defaultValue: relation }),
        align: 'end',
        show: ({ counts }) => {
          const cell = counts[relation as keyof typeof counts]
          if (cell === undefined) return '–'
          const all = cell.ok + cell.untested + cell.failed
          return t('attacks.held', { held: showNumber(cell.ok), count: all })
        },
      }),
    ),
  ]
}

export default function AttackPage() {
  const { t } = useTranslation('operations')
  const { attackId = '' } = useParams({ strict: false }) as { attackId?: string }
  const { data, error } = useQuery({ queryKey: ['attack', attackId], queryFn: () => readAttack(attackId) })
  const report = data?.report
  const findingColumns = useFindingColumns()
  const matrixColumns = useMatrixColumns(report?.relations ?? [])
  return (
    <>
      <PageHeader title={t('attacks.one')} {...(data && { about: showTime(data.at) })}>
        {data && <AttackVerdict verdict={data.verdict} />}
      </PageHeader>
      <ProblemAlert error={error} />
      {report && (
        <Stack gap="xl">
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Figure title={t('attacks.routes')} value={report.routes.length} />
            <Figure title={t('attacks.attackers')} value={report.attackers.length}>
              {report.attackers.join(', ')}
            </Figure>
            <Figure title={t('attacks.cells')} value={report.cells.ok + report.cells.untested + report.cells.failed}>
              {t('attacks.notHeld', { count: report.cells.untested + report.cells.failed })}
            </Figure>
            <Figure title={t('attacks.requests')} value={report.requests}>
              {showNumber(report.milliseconds / 1000, { style: 'unit', unit: 'second', maximumFractionDigits: 0 })}
            </Figure>
          </SimpleGrid>
          <DataTable
            caption={t('isolation.findings')}
            columns={findingColumns}
            rows={report.findings}
            keyOf={({ operation, attacker, trial, what }) => [operation, attacker, trial, what].join(' ')}
            empty={<EmptyState title={t('attacks.noFindings')} why={t('attacks.noFindingsWhy')} />}
          />
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('attacks.tried')}
            </Title>
            <DataTable
              caption={t('attacks.tried')}
              columns={matrixColumns}
              rows={Object.entries(report.matrix).map(([operation, counts]) => ({ operation, counts }))}
              keyOf={({ operation }) => operation}
              empty={null}
            />
          </section>
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('attacks.probes')}
            </Title>
            <List>
              {Object.entries(report.probes).map(([kind, { ok, untested, failed }]) => (
                <List.Item key={kind}>
                  {kind}: {t('attacks.held', { held: showNumber(ok), count: ok + untested + failed })}
                </List.Item>
              ))}
            </List>
          </section>
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('attacks.leftOut')}
            </Title>
            {report.notApplicable.map(({ what, why }) => (
              <Group key={what} gap="xs">
                <Code>{what}</Code>
                <Text size="sm">{why}</Text>
              </Group>
            ))}
          </section>
        </Stack>
      )}
    </>
  )
}
