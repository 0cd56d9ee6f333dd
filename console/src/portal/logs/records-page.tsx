import { Button, Tabs } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { useSession } from '../../app/session.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useDownload } from '../../components/use-download.ts'
import { LogFilters } from './log-filters.tsx'
import { type LogName, type LogSearch, logCsv, logFilter } from './log-queries.ts'
import { LogTable } from './log-table.tsx'
import { Seals } from './seals.tsx'

const tabs = ['changes', 'reads', 'seals'] as const

/** Who changed what and who read what here; and what proves that nobody has changed the log since. */
export default function RecordsPage() {
  const { t } = useTranslation(['logs', 'pages'])
  const { tenant } = useSession()
  const [search, setSearch] = usePageSearch<LogSearch>()
  const tab = tabs.find((each) => each === search.tab) ?? 'changes'
  const download = useDownload()
  const save = (log: LogName) =>
    download.mutate({ name: `${tenant.slug}-${log}.csv`, load: () => logCsv(log, logFilter(search)) })
  return (
    <>
      <PageHeader title={t('pages:records')} about={t('about')}>
        {tab !== 'seals' && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={download.isPending}
            onClick={() => save(tab)}
          >
            {t('csv')}
          </Button>
        )}
      </PageHeader>
      <ProblemAlert error={download.error} />
      <Tabs
        value={tab}
        onChange={(chosen) => setSearch({ tab: chosen === 'changes' ? undefined : (chosen ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(['changes', 'reads'] as const).map((log) => (
          <Tabs.Panel key={log} value={log}>
            <LogFilters search={search} onChange={setSearch} />
            <LogTable log={log} filter={logFilter(search)} onFilter={setSearch} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="seals">
          <Seals />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
