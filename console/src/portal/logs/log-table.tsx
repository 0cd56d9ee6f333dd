import { Anchor, Code, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showTime } from '../../i18n/format.ts'
import { useActorNames } from './actor-names.ts'
import { EntryDetails } from './entry-details.tsx'
import { type LogEntry, type LogName, type LogSearch, type logFilter, readLog } from './log-queries.ts'

export interface LogTableProps {
  readonly log: LogName
  readonly filter: ReturnType<typeof logFilter>
  readonly onFilter: (change: Partial<Record<LogSearch, string>>) => void
}

/** The newest entries first; each opens to all that it says. */
export function LogTable({ log, filter, onFilter }: LogTableProps) {
  const { t } = useTranslation('logs')
  const { rows, error, isPending, more } = usePages<LogEntry>(['log', log, filter], (cursor) =>
    readLog(log, { ...filter, ...cursor }),
  )
  const [open, setOpen] = useState<LogEntry>()
  const columns = useColumns(setOpen, onFilter)
  if (error) return <ProblemAlert error={error} />
  if (isPending) return null
  return (
    <>
      <DataTable
        caption={t(`tabs.${log}`)}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        empty={<EmptyState title={t('none')} why={t(`noneWhy.${log}`)} />}
        {...more}
      />
      {open && <EntryDetails entry={open} onClose={() => setOpen(undefined)} onFilter={onFilter} />}
    </>
  )
}

function useColumns(onOpen: (entry: LogEntry) => void, onFilter: LogTableProps['onFilter']): Column<LogEntry>[] {
  const { t } = useTranslation('logs')
  const nameOf = useActorNames()
  return [
    {
      name: 'at',
      title: t('at'),
      show: (entry) => (
        <Anchor
          component="button"
          type="button"
          underline="always"
          aria-label={t('openEntry', { action: entry.action, at: showTime(entry.at) })}
          onClick={() => onOpen(entry)}
        >
          <time dateTime={entry.at}>{showTime(entry.at)}</time>
        </Anchor>
      ),
    },
    {
      name: 'who',
      title: t('who'),
      show: (entry) => (
        <>
          {nameOf(entry)}
          {entry.impersonator && (
            <Text size="xs" fw={500}>
              {t('byOperator')}
            </Text>
          )}
        </>
      ),
    },
    { name: 'action', title: t('action'), show: ({ action }) => <Code>{action}</Code> },
    {
      name: 'object',
      title: t('object'),
      show: ({ objectType, objectId }) => (
        <>
          {objectType}
          {objectId && (
            <Anchor
              component="button"
              type="button"
              display="block"
              size="xs"
              ff="monospace"
              onClick={() => onFilter({ objectId })}
            >
              {objectId}
            </Anchor>
          )}
        </>
      ),
    },
    { name: 'address', title: t('address'), show: ({ address }) => address },
  ]
}
