import { Badge, Button, Code, Group, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { OnceShown } from '../../components/once-shown.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import { KeyForm } from './key-form.tsx'
import { RevokeKey } from './revoke-key.tsx'
import type { TabProps } from './tenant-query.ts'

type Key = components['schemas']['Key']

function stateOf({ revokedAt, expiresAt }: Key): 'revoked' | 'expired' | 'works' {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'works'
}

function useColumns(onRevoke: (key: Key) => void): Column<Key>[] {
  const { t } = useTranslation(['tenant', 'keys'])
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
    {
      name: 'acts',
      title: t('actions'),
      show: (key) =>
        stateOf(key) === 'works' && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => onRevoke(key)}
            aria-label={t('keys:revokeOne', { name: key.name })}
          >
            {t('keys:revoke')}
          </Button>
        ),
    },
  ]
}

export default function KeysTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<components['schemas']['CreatedKey']>()
  const [revoking, setRevoking] = useState<Key>()
  const columns = useColumns(setRevoking)
  const keys = usePages(
    ['tenant', tenant.id, 'keys'],
    async (cursor) => (await api.GET('/v1/tenants/{tenantId}/keys', { params: { ...params, query: cursor } })).data,
    quiet,
  )
  const newKey = (
    <Button onClick={() => setMaking(true)} leftSection={<IconPlus size={16} aria-hidden />}>
      {t('keys.new')}
    </Button>
  )
  return (
    <Stack>
      {keys.rows.length > 0 && <Group justify="flex-end">{newKey}</Group>}
      <ProblemAlert error={keys.error} />
      {!keys.isPending && (
        <DataTable
          caption={t('tabs.keys')}
          columns={columns}
          rows={keys.rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('keys.empty')} why={t('keys.emptyWhy')}>
              {newKey}
            </EmptyState>
          }
          {...keys.more}
        />
      )}
      {isMaking && (
        <KeyForm
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false)
            setMade(key)
          }}
        />
      )}
      {made && (
        <OnceShown title={t('keys:made', { name: made.name })} secret={made.credential} onClose={() => setMade(undefined)} />
      )}
      {revoking && <RevokeKey apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Stack>
  )
}
