import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { useSession } from '../../app/session.ts'
import { AddressTabs } from '../../components/address-tabs.tsx'
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
  const log = (name: LogName) => (
    <>
      <LogFilters search={search} onChange={setSearch} />
      <LogTable log={name} filter={logFilter(search)} onFilter={setSearch} />
    </>
  )
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
      <AddressTabs
        tabs={tabs.map((name) => ({ name, title: t(`tabs.${name}`), content: name === 'seals' ? <Seals /> : log(name) }))}
      />
    </>
  )
}
