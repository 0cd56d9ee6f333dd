import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { useSession } from '../../app/session.ts'
import { AddressTabs } from '../../components/address-tabs.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { MailTest } from './mail-test.tsx'
import { SettingField } from './setting-field.tsx'

export type Setting = components['schemas']['DescribedSetting']

/** What the tenant sets for itself, group by group. */
export default function SettingsPage() {
  const { t } = useTranslation(['settings', 'pages'])
  const session = useSession()
  const { data, error } = useQuery({
    queryKey: ['settings'],
    queryFn: async () => (await api.GET('/v1/settings')).data.items,
  })
  const groups = Map.groupBy(data ?? [], ({ category }) => category)
  const group = (name: string, settings: readonly Setting[]) => ({
    name,
    title: t(`groups.${name}`),
    content: (
      <Stack>
        {settings.map((setting) => (
          // Its version is part of the key: what somebody else has set takes the place of what stood there.
          <SettingField key={`${setting.key} ${setting.version}`} setting={setting} />
        ))}
        {name === 'mail' && <MailTest />}
      </Stack>
    ),
  })
  return (
    <Stack maw={900}>
      <PageHeader title={t('pages:settings')} />
      <ProblemAlert error={error} />
      {session.reach !== 'all' && <Text size="sm">{t('wholeReach')}</Text>}
      {data?.length === 0 && <EmptyState title={t('none')} why={t('noneWhy')} />}
      {groups.size > 0 && <AddressTabs as="group" tabs={[...groups].map(([name, settings]) => group(name, settings))} />}
    </Stack>
  )
}
