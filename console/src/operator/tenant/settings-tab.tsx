import { Button, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveText } from '../../components/save-file.ts'
import { showTime } from '../../i18n/format.ts'
import { EndOverride } from './end-override.tsx'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'

type Differences = components['schemas']['TenantDifferences']
export type Override = Differences['overrides'][number]

function useOverrideColumns(onEnd: (override: Override) => void): Column<Override>[] {
  const { t } = useTranslation(['tenant', 'bulk'])
  return [
    { name: 'kind', title: t('bulk:kind'), show: ({ kind }) => t(`bulk:kinds.${kind}`) },
    { name: 'name', title: t('bulk:name'), show: ({ name }) => name },
    { name: 'value', title: t('bulk:value'), show: ({ value }) => (value === null ? t('quotas.unlimited') : String(value)) },
    { name: 'reason', title: t('bulk:reason'), show: ({ reason }) => reason },
    {
      name: 'until',
      title: t('differences.until'),
      show: ({ expiresAt }) => (expiresAt === null ? t('never') : showTime(expiresAt)),
    },
    {
      name: 'acts',
      title: t('actions'),
      show: (override) => (
        <Button size="compact-sm" variant="subtle" color="red" onClick={() => onEnd(override)}>
          {t('differences.end', { name: override.name })}
        </Button>
      ),
    },
  ]
}

/** All that tells the tenant apart from a new one on its plan. */
export default function SettingsTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [ending, setEnding] = useState<Override>()
  const overrideColumns = useOverrideColumns(setEnding)
  const { data, error } = useQuery({
    queryKey: ['tenant', tenant.id, 'differences'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/differences', { params })).data,
    ...quiet,
  })
  if (data === undefined) return <ProblemAlert error={error} />
  const { plan, addOns, features, overrides, settings, roles, domains } = data
  const isPlain = [addOns, features, overrides, settings, roles, domains].every(({ length }) => length === 0)
  const save = () =>
    saveText(
      `${tenant.slug}-differences.json`,
      `${JSON.stringify({ tenant: tenant.slug, ...data }, null, 2)}\n`,
      'application/json',
    )
  return (
    <Stack>
      <Group justify="space-between">
        <Text>{t('differences.plan', plan)}</Text>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={save}>
          {t('differences.export')}
        </Button>
      </Group>
      {isPlain && <EmptyState title={t('differences.none')} why={t('differences.noneWhy')} />}
      {overrides.length > 0 && (
        <Section title={t('differences.overrides')}>
          <DataTable
            caption={t('differences.overrides')}
            columns={overrideColumns}
            rows={overrides}
            keyOf={({ kind, name }) => `${kind} ${name}`}
            empty={null}
          />
        </Section>
      )}
      <Listing
        title={t('differences.addOns')}
        items={addOns.map(({ key, version, until }) =>
          until === null
            ? t('differences.addOn', { key, version })
            : t('differences.addOnUntil', { key, version, until: showTime(until) }),
        )}
      />
      <Listing title={t('differences.features')} items={features} />
      <Listing
        title={t('differences.settings')}
        items={settings.map(({ key, title, secret, fingerprint, value }) =>
          secret
            ? t('differences.secret', { title, key, fingerprint: fingerprint ?? '' })
            : t('differences.setting', { title, key, value: JSON.stringify(value) }),
        )}
      />
      <Listing
        title={t('differences.roles')}
        items={roles.map(({ name, permissions }) => t('differences.role', { name, count: permissions.length }))}
      />
      <Listing
        title={t('differences.domains')}
        items={domains.map(({ host, state }) => t('differences.domain', { host, state: t(`domains.${state}`) }))}
      />
      {ending && <EndOverride override={ending} onClose={() => setEnding(undefined)} />}
    </Stack>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

function Listing({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null
  return (
    <Section title={title}>
      <List>
        {items.map((item) => (
          <List.Item key={item}>{item}</List.Item>
        ))}
      </List>
    </Section>
  )
}
