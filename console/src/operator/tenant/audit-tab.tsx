import { Button, Code, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'
import { usePages } from '../../components/use-pages.ts'
import { showTime } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'

type Entry = components['schemas']['AccessEntry'] & Partial<components['schemas']['AuditEntry']>
type LogSearch = 'log' | 'action' | 'from' | 'to'

const logs = { audit: '/v1/tenants/{tenantId}/audit', access: '/v1/tenants/{tenantId}/access-log' } as const

function useColumns(): Column<Entry>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'at', title: t('audit.at'), show: ({ at }) => <time dateTime={at}>{showTime(at)}</time> },
    {
      name: 'who',
      title: t('audit.who'),
      show: ({ actorKind, actorId, impersonator }) => (
        <>
          {t(`audit.actors.${actorKind}`, { defaultValue: actorKind })}
          {impersonator && ` (${t('audit.byOperator')})`}
          <Text size="xs" c="dimmed">
            {actorId}
          </Text>
        </>
      ),
    },
    { name: 'action', title: t('audit.action'), show: ({ action }) => <Code>{action}</Code> },
    {
      name: 'what',
      title: t('audit.what'),
      show: ({ objectType, objectId, before, after }) => (
        <>
          <Text size="xs">{objectType ?? objectId}</Text>
          {(before || after) && <Change before={before ?? null} after={after ?? null} />}
        </>
      ),
    },
    { name: 'address', title: t('audit.address'), show: ({ address }) => address },
  ]
}

export default function AuditTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [{ log, action, from, to }, setSearch] = usePageSearch<LogSearch>()
  const path = logs[log === 'access' ? 'access' : 'audit']
  const query = {
    ...(action && { action }),
    ...(from && { from: `${from}T00:00:00Z` }),
    ...(to && { to: `${to}T00:00:00Z` }),
  }
  const entries = usePages<Entry>(
    ['tenant', tenant.id, path, query],
    async (cursor) => (await api.GET(path, { params: { ...params, query: { ...query, ...cursor } } })).data,
    quiet,
  )
  const csv = useMutation({
    mutationFn: async () => {
      const { data } = await api.GET(path, { params: { ...params, query }, headers: { accept: 'text/csv' }, parseAs: 'blob' })
      return data as unknown as Blob
    },
    onSuccess: (file) => saveBlob(`${tenant.slug}-${log === 'access' ? 'access' : 'audit'}.csv`, file),
  })
  const columns = useColumns()
  return (
    <Stack>
      <Group align="flex-end" gap="xs">
        <SegmentedControl
          aria-label={t('audit.log')}
          data={['audit', 'access'].map((value) => ({ value, label: t(`audit.logs.${value}`) }))}
          value={log === 'access' ? 'access' : 'audit'}
          onChange={(value) => setSearch({ log: value === 'audit' ? undefined : value })}
        />
        <ActionField />
        <TextInput
          type="date"
          label={t('audit.from')}
          value={from ?? ''}
          onChange={(event) => setSearch({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label={t('audit.to')}
          value={to ?? ''}
          onChange={(event) => setSearch({ to: event.currentTarget.value || undefined })}
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => csv.mutate()}
          loading={csv.isPending}
        >
          CSV
        </Button>
      </Group>
      <ProblemAlert error={entries.error ?? csv.error} />
      {!entries.isPending && !entries.error && (
        <DataTable
          caption={t('tabs.audit')}
          columns={columns}
          rows={entries.rows}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('audit.empty')} why={t('audit.emptyWhy')} />}
          {...entries.more}
        />
      )}
    </Stack>
  )
}

function ActionField() {
  const { t } = useTranslation('tenant')
  const [{ action = '' }, setSearch] = usePageSearch<LogSearch>()
  const [typed, setTyped] = useState(action)
  const ask = useDebouncedCallback((text: string) => setSearch({ action: text || undefined }), 400)
  return (
    <TextInput
      label={t('audit.action')}
      placeholder="platform.tenant.*"
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value)
        ask(value.trim())
      }}
    />
  )
}

/** Columns that differ, as they were stored. */
function Change({ before, after }: { readonly before: object | null; readonly after: object | null }) {
  const { t } = useTranslation('tenant')
  return (
    <details>
      <summary>{t('audit.change')}</summary>
      <Code block style={{ maxWidth: 420, overflowX: 'auto' }}>
        {JSON.stringify({ ...(before && { before }), ...(after && { after }) }, null, 1)}
      </Code>
    </details>
  )
}
