import { Anchor, Badge, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import type { BulkResult } from './bulk-action.ts'

export const resultStates = ['waiting', 'done', 'refused', 'failed', 'cancelled', 'gone'] as const

export interface BulkResultsProps {
  readonly id: string
  readonly state: BulkResult['state'] | undefined
  /** How many still wait: with each that is done the list is another one. */
  readonly waiting: number
}

function useColumns(): Column<BulkResult>[] {
  const { t } = useTranslation(['bulk', 'tenants', 'problems'])
  return [
    {
      name: 'tenant',
      title: t('tenant'),
      show: ({ tenantId, name, slug }) =>
        name === null ? (
          <Text size="sm">{tenantId}</Text>
        ) : (
          <Anchor component={Link} to={`/tenants/${tenantId}`}>
            {name} ({slug})
          </Anchor>
        ),
    },
    { name: 'state', title: t('result'), show: ({ state }) => <Badge variant="default">{t(`states.${state}`)}</Badge> },
    {
      name: 'why',
      title: t('why'),
      show: ({ code }) =>
        code === null ? null : (
          <Anchor href={`/errors/${code}`} target="_blank" rel="noreferrer">
            {t(`problems:${code}.title`, { defaultValue: code })}
          </Anchor>
        ),
    },
    {
      name: 'status',
      title: t('now'),
      show: ({ status }) => (status === null ? null : t(`tenants:status.${status}`)),
    },
    { name: 'at', title: t('when'), show: ({ at }) => (at === null ? null : <Age of={at} />) },
  ]
}

/** A result for each tenant. */
export function BulkResults({ id, state, waiting }: BulkResultsProps) {
  const { t } = useTranslation('bulk')
  const columns = useColumns()
  const list = usePages(['bulk', id, 'results', state, waiting], async (cursor) => {
    const query = { limit: 100, ...(state && { state }), ...cursor }
    return (await api.GET('/v1/operations/bulk/{id}/results', { params: { path: { id }, query } })).data
  })
  if (list.error) return <ProblemAlert error={list.error} />
  return (
    <DataTable
      caption={t('results')}
      columns={columns}
      rows={list.rows}
      keyOf={({ tenantId }) => tenantId}
      empty={list.isPending ? null : <Text c="dimmed">{t('noResults')}</Text>}
      {...list.more}
    />
  )
}
