import { Badge, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { Facts } from './facts.tsx'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'

type Domain = components['schemas']['Domain']

function useColumns(): Column<Domain>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'host', title: t('domains.host'), show: ({ host }) => host },
    { name: 'state', title: t('state'), show: ({ state }) => <Badge variant="default">{t(`domains.${state}`)}</Badge> },
    { name: 'finding', title: t('domains.finding'), show: ({ finding }) => finding && t(`domains.findings.${finding}`) },
    { name: 'primary', title: t('domains.primary'), show: ({ primary }) => (primary ? t('yes') : t('no')) },
    {
      name: 'checked',
      title: t('domains.checked'),
      show: ({ checkedAt }) => (checkedAt === null ? t('never') : <Age of={checkedAt} />),
    },
    { name: 'served', title: t('domains.served_at'), show: ({ servedAt }) => servedAt && <Age of={servedAt} /> },
  ]
}

/** Reading alone: domains and brand are the tenant's own to change. */
export default function DomainsTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const columns = useColumns()
  const domains = useQuery({
    queryKey: ['tenant', tenant.id, 'domains'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/domains', { params })).data.items,
    ...quiet,
  })
  const { colours = {}, ...words } = tenant.brand
  const rows = Object.entries(words).filter(([, value]) => typeof value === 'string' || typeof value === 'boolean')
  return (
    <Stack>
      <ProblemAlert error={domains.error} />
      {domains.data && (
        <DataTable
          caption={t('domains.title')}
          columns={columns}
          rows={domains.data}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('domains.empty')} why={t('domains.emptyWhy')} />}
        />
      )}
      <Title order={2} size="h4">
        {t('brand.title')}
      </Title>
      {rows.length === 0 && Object.keys(colours).length === 0 ? (
        <Text c="dimmed">{t('brand.none')}</Text>
      ) : (
        <Facts
          caption={t('brand.title')}
          rows={[
            ...rows.map(
              ([name, value]) =>
                [
                  t(`brand.${name}`, { defaultValue: name }),
                  typeof value === 'boolean' ? t(value ? 'yes' : 'no') : String(value),
                ] as const,
            ),
            ...Object.entries(colours).map(
              ([name, colour]) =>
                [t(`brand.colours.${name}`, { defaultValue: name }), <Swatch key={name} colour={String(colour)} />] as const,
            ),
          ]}
        />
      )}
    </Stack>
  )
}

function Swatch({ colour }: { readonly colour: string }) {
  return (
    <Group gap="xs">
      <span
        aria-hidden
        style={{
          width: 20,
          height: 20,
          borderRadius: 4,
          background: colour,
          border: '1px solid var(--mantine-color-default-border)',
        }}
      />
      {colour}
    </Group>
  )
}
