import { Alert, Anchor, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { DnsRecords } from './dns-records.tsx'

export type Domain = components['schemas']['Domain']

const colours = { waiting: 'yellow', served: 'teal', lost: 'red' } as const

/** One domain: how it fares, what is wrong with it, and what has to be in its DNS. */
export function DomainCard({ domain, mayWrite }: { readonly domain: Domain; readonly mayWrite: boolean }) {
  const { t } = useTranslation(['domains', 'common'])
  const [isReleasing, setReleasing] = useState(false)
  const { id, host, state, finding, primary, checkedAt, servedAt } = domain
  const params = { path: { id } }
  const checking = useMutation({ mutationFn: () => api.POST('/v1/domains/{id}/check', { params }) })
  const preferring = useMutation({
    mutationFn: () => api.PUT('/v1/domains/{id}/primary', { params, body: { primary: !primary } }),
  })
  const releasing = useMutation({ mutationFn: () => api.DELETE('/v1/domains/{id}', { params }) })
  return (
    <Card withBorder component="section" aria-label={host} data-domain={host} data-state={state}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {state === 'served' ? <Anchor href={`${location.protocol}//${host}/`}>{host}</Anchor> : host}
          </Title>
          <Group gap="xs">
            {primary && <Badge variant="default">{t('primary')}</Badge>}
            <Badge variant="dot" color={colours[state]}>
              {t(`state.${state}`)}
            </Badge>
          </Group>
        </Group>
        {finding !== null && (
          <Alert color={state === 'lost' ? 'red' : 'yellow'} role="status" title={t(`finding.${finding}.title`)}>
            {t(`finding.${finding}.what`)}
          </Alert>
        )}
        <Group gap="md">
          <Text size="sm" c="dimmed">
            {checkedAt === null ? (
              t('neverChecked')
            ) : (
              <>
                {t('checked')} <Age of={checkedAt} />
              </>
            )}
          </Text>
          {servedAt !== null && (
            <Text size="sm" c="dimmed">
              {t('served')} <Age of={servedAt} />
            </Text>
          )}
        </Group>
        <DnsRecords records={domain.records} />
        <ProblemAlert error={checking.error ?? preferring.error} />
        <Group gap="xs">
          <Button variant="default" disabled={!mayWrite} loading={checking.isPending} onClick={() => checking.mutate()}>
            {t('check')}
          </Button>
          <Button
            variant="default"
            disabled={!mayWrite || (state !== 'served' && !primary)}
            title={state !== 'served' && !primary ? t('notServed') : undefined}
            loading={preferring.isPending}
            onClick={() => preferring.mutate()}
          >
            {primary ? t('notPrimary') : t('makePrimary')}
          </Button>
          <Button variant="default" disabled={!mayWrite} onClick={() => setReleasing(true)}>
            {t('release')}
          </Button>
          <AsCall method="POST" path={`/v1/domains/${id}/check`} />
        </Group>
      </Stack>
      <ConfirmByName
        opened={isReleasing}
        onClose={() => setReleasing(false)}
        title={t('releaseTitle', { host })}
        name={host}
        act={t('release')}
        onConfirm={() => releasing.mutate()}
        busy={releasing.isPending}
        error={releasing.error}
      >
        <Text size="sm">{t('releaseWhy')}</Text>
        {primary && <Text size="sm">{t('releasePrimary')}</Text>}
      </ConfirmByName>
    </Card>
  )
}
