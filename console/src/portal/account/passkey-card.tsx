import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { AddPasskey, canUsePasskeys } from './add-passkey.tsx'
import { Section } from './section.tsx'

type Passkey = components['schemas']['Passkey']

/** Passkeys are of one host each: those of others are listed too, so that they can be removed. */
export function PasskeyCard() {
  const { t } = useTranslation('account')
  const [isAdding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Passkey>()
  const { data, error } = useQuery({ queryKey: ['passkeys'], queryFn: async () => (await api.GET('/v1/me/passkeys')).data.items })
  const removing = useMutation({
    mutationFn: (id: string) => api.DELETE('/v1/me/passkeys/{id}', { params: { path: { id } } }),
    onSuccess: () => setLeaving(undefined),
  })
  const columns: Column<Passkey>[] = [
    { name: 'name', title: t('passkey.name'), show: ({ name }) => name },
    { name: 'host', title: t('passkey.host'), show: ({ host }) => host },
    { name: 'created', title: t('passkey.created'), show: ({ createdAt }) => <Age of={createdAt} /> },
    {
      name: 'used',
      title: t('passkey.used'),
      show: ({ lastUsedAt }) => (lastUsedAt === undefined ? '–' : <Age of={lastUsedAt} />),
    },
    {
      name: 'remove',
      title: t('passkey.act'),
      align: 'end',
      show: (passkey) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('passkey.removeOne', { name: passkey.name })}
          onClick={() => setLeaving(passkey)}
        >
          {t('passkey.remove')}
        </Button>
      ),
    },
  ]
  return (
    <Section title={t('passkey.title')} about={t('passkey.about')}>
      <ProblemAlert error={error} />
      {data && (
        <DataTable
          caption={t('passkey.title')}
          columns={columns}
          rows={data}
          keyOf={({ id }) => id}
          empty={<Text size="sm">{t('passkey.none')}</Text>}
        />
      )}
      <Group mt="sm">
        <Button
          variant="default"
          disabled={!canUsePasskeys}
          title={canUsePasskeys ? undefined : t('passkey.cannot')}
          onClick={() => setAdding(true)}
        >
          {t('passkey.add')}
        </Button>
      </Group>
      {isAdding && <AddPasskey onClose={() => setAdding(false)} />}
      <ConfirmByName
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={t('passkey.remove')}
        name={leaving?.name ?? ''}
        act={t('passkey.remove')}
        onConfirm={() => leaving && removing.mutate(leaving.id)}
        busy={removing.isPending}
        error={removing.error}
      >
        <Text size="sm">{t('passkey.removeWhy')}</Text>
      </ConfirmByName>
    </Section>
  )
}
