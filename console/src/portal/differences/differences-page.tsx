import { Button, Menu, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { useSession } from '../../app/session.ts'
import { UpdatedAt } from '../../components/age.tsx'
import { csvText } from '../../components/csv-text.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveText } from '../../components/save-file.ts'
import { Section } from '../account/section.tsx'
import { useLimitNames } from '../limits/limit-names.ts'
import { useSettingTitles } from '../settings/setting-titles.ts'
import { type Difference, differenceRows, kinds } from './difference-rows.ts'

/** All that tells this tenant apart from a new one on the same plan, and the way to take it along. */
export default function DifferencesPage() {
  const { t } = useTranslation(['differences', 'pages'])
  const { tenant } = useSession()
  const nameOf = useLimitNames()
  const titleOf = useSettingTitles()
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['differences'],
    queryFn: async () => (await api.GET('/v1/tenants/current/differences')).data,
  })
  const rows = data === undefined ? [] : differenceRows(data, { t: (key, values = {}) => t(key, values), nameOf, titleOf })
  const file = `${tenant.slug} ${t('pages:differences')}`
  const columns: Column<Difference>[] = [
    { name: 'name', title: t('columns.name'), show: ({ name }) => name },
    { name: 'value', title: t('columns.value'), show: ({ value }) => value },
    { name: 'why', title: t('columns.why'), show: ({ why }) => why },
  ]
  const saveCsv = () => {
    const head = ['kind', 'name', 'value', 'why'].map((name) => t(`columns.${name}`))
    saveText(`${file}.csv`, csvText([head, ...rows.map(({ kind, name, value, why }) => [t(`kinds.${kind}`), name, value, why])]))
  }
  return (
    <Stack maw={1100}>
      <PageHeader
        title={t('pages:differences')}
        about={data === undefined ? '' : t('about', { plan: data.plan.plan, version: data.plan.version })}
      >
        <UpdatedAt at={dataUpdatedAt} />
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" disabled={data === undefined} leftSection={<IconDownload size={16} aria-hidden />}>
              {t('export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={saveCsv}>{t('asCsv')}</Menu.Item>
            <Menu.Item onClick={() => saveText(`${file}.json`, `${JSON.stringify(data, null, 2)}\n`, 'application/json')}>
              {t('asJson')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </PageHeader>
      <ProblemAlert error={error} />
      {data && rows.length === 0 && <EmptyState title={t('none')} why={t('noneWhy')} />}
      {kinds.map((kind) => {
        const ofKind = rows.filter((row) => row.kind === kind)
        if (ofKind.length === 0) return null
        return (
          <Section key={kind} title={t(`kinds.${kind}`)} about={t(`abouts.${kind}`)}>
            <DataTable
              caption={t(`kinds.${kind}`)}
              columns={columns}
              rows={ofKind}
              keyOf={({ id }) => id}
              empty={<Text size="sm">–</Text>}
            />
          </Section>
        )
      })}
    </Stack>
  )
}
