import { Badge, Code, Stack } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'

type Key = components['schemas']['Key']

function stateOf({ revokedAt, expiresAt }: Key): 'revoked' | 'expired' | 'works' {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'works'
}

function useColumns(): Column<Key>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'name', title: t('keys.name'), show: ({ name }) => name },
    { name: 'publicId', title: t('keys.publicId'), show: ({ publicId }) => <Code>{publicId}</Code> },
    { name: 'state', title: t('state'), show: (key) => <Badge variant="default">{t(`keys.${stateOf(key)}`)}</Badge> },
    {
      name: 'permissions',
      title: t('keys.permissions'),
      align: 'end',
      show: ({ permissions }) => showNumber(permissions.length),
    },
    { name: 'reach', title: t('keys.reach'), show: ({ reach }) => t(`keys.reaches.${reach}`) },
    {
      name: 'used',
      title: t('keys.used'),
      show: ({ lastUsedAt }) => (lastUsedAt === null ? t('never') : <Age of={lastUsedAt} />),
    },
    {
      name: 'expires',
      title: t('keys.expires'),
      show: ({ expiresAt }) => (expiresAt === null ? t('never') : <Age of={expiresAt} />),
    },
    { name: 'created', title: t('keys.created'), show: ({ createdAt }) => <Age of={createdAt} /> },
  ]
}

export default function KeysTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const columns = useColumns()
  const keys = usePages(
    ['tenant', tenant.id, 'keys'],
    async (cursor) => (await api.GET('/v1/tenants/{tenantId}/keys', { params: { ...params, query: cursor } })).data,
    quiet,
  )
  return (
    <Stack>
      <ProblemAlert error={keys.error} />
      {!keys.isPending && (
        <DataTable
          caption={t('tabs.keys')}
          columns={columns}
          rows={keys.rows}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('keys.empty')} why={t('keys.emptyWhy')} />}
          {...keys.more}
        />
      )}
    </Stack>
  )
}
