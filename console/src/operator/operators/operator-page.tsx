import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ActButton } from '../../components/act-button.tsx'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { OnceShown } from '../../components/once-shown.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { operatorsQuery } from './operators-query.ts'

type Key = components['schemas']['OperatorKey']

function useColumns(revoke: (keyId: string) => void): Column<Key>[] {
  const { t } = useTranslation('operators')
  return [
    { name: 'publicId', title: t('key'), show: ({ publicId }) => publicId },
    { name: 'created', title: t('made'), show: ({ createdAt }) => <Age of={createdAt} /> },
    {
      name: 'expires',
      title: t('expires'),
      show: ({ expiresAt, revokedAt }) =>
        revokedAt === null ? <Age of={expiresAt} /> : <Badge color="gray">{t('revoked')}</Badge>,
    },
    {
      name: 'revoke',
      title: t('actions'),
      show: ({ id, publicId, revokedAt }) =>
        revokedAt === null && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => revoke(id)}
            aria-label={t('revokeOf', { key: publicId })}
          >
            {t('revoke')}
          </Button>
        ),
    },
  ]
}

export default function OperatorPage() {
  const { t } = useTranslation('operators')
  const { operatorId: id = '' } = useParams({ strict: false }) as { operatorId?: string }
  const params = { path: { id } }
  const operators = useQuery(operatorsQuery)
  const operator = operators.data?.find((each) => each.id === id)
  const keys = useQuery({
    queryKey: ['operator', id, 'keys'],
    queryFn: async () => (await api.GET('/v1/operators/{id}/keys', { params })).data.items,
  })
  const invite = useMutation({ mutationFn: async () => (await api.POST('/v1/operators/{id}/invitations', { params })).data })
  const makeKey = useMutation({
    mutationFn: async () => (await api.POST('/v1/operators/{id}/keys', { params, body: { days: 90 } })).data,
  })
  const revoke = useMutation({
    mutationFn: (keyId: string) => api.DELETE('/v1/operators/{id}/keys/{keyId}', { params: { path: { id, keyId } } }),
  })
  const [disabling, { open, close }] = useDisclosure(false)
  const disable = useMutation({ mutationFn: () => api.POST('/v1/operators/{id}/disable', { params }), onSuccess: close })
  const columns = useColumns(revoke.mutate)
  const whyNot = operator?.disabledAt === null ? undefined : t('isDisabled')
  const makeKeyButton = (
    <ActButton whyNot={whyNot} onClick={() => makeKey.mutate()} loading={makeKey.isPending}>
      {t('makeKey')}
    </ActButton>
  )
  return (
    <>
      <PageHeader title={operator?.name ?? t('operator')} {...(operator && { about: operator.email })}>
        <ActButton variant="default" whyNot={whyNot} onClick={() => invite.mutate()} loading={invite.isPending}>
          {t('newLink')}
        </ActButton>
        <ActButton color="red" variant="outline" whyNot={whyNot} onClick={open}>
          {t('disable')}
        </ActButton>
      </PageHeader>
      <ProblemAlert error={operators.error ?? keys.error ?? invite.error ?? makeKey.error ?? revoke.error} />
      {keys.data && (
        <Stack>
          <Group justify="space-between">
            <Title order={2} size="h4">
              {t('keys')}
            </Title>
            <Group gap="xs">
              <AsCall method="POST" path={`/v1/operators/${id}/keys`} body={{ days: 90 }} />
              {keys.data.length > 0 && makeKeyButton}
            </Group>
          </Group>
          <DataTable
            caption={t('keys')}
            columns={columns}
            rows={keys.data}
            keyOf={(key) => key.id}
            empty={
              <EmptyState title={t('noKeys')} why={t('noKeysWhy')}>
                {makeKeyButton}
              </EmptyState>
            }
          />
        </Stack>
      )}
      {invite.data && (
        <OnceShown title={t('link')} secret={invite.data.url} onClose={invite.reset}>
          {t('linkHint')}
        </OnceShown>
      )}
      {makeKey.data && (
        <OnceShown title={t('key')} secret={makeKey.data.credential} onClose={makeKey.reset}>
          {t('keyHint')}
        </OnceShown>
      )}
      {operator && (
        <ConfirmByName
          opened={disabling}
          onClose={close}
          title={t('disableTitle', { name: operator.name })}
          name={operator.email}
          act={t('disable')}
          onConfirm={disable.mutate}
          busy={disable.isPending}
          error={disable.error}
        >
          <Text size="sm">{t('disableWhy')}</Text>
        </ConfirmByName>
      )}
    </>
  )
}
