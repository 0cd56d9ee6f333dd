import { Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { useSession } from '../../app/session.ts'
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
  const [search, setSearch] = usePageSearch<'group'>()
  const { data, error } = useQuery({
    queryKey: ['settings'],
    queryFn: async () => (await api.GET('/v1/settings')).data.items,
  })
  const groups = Map.groupBy(data ?? [], ({ category }) => category)
  const group = [...groups.keys()].find((each) => each === search.group) ?? [...groups.keys()][0]
  return (
    <Stack maw={900}>
      <PageHeader title={t('pages:settings')} />
      <ProblemAlert error={error} />
      {session.reach !== 'all' && <Text size="sm">{t('wholeReach')}</Text>}
      {data?.length === 0 && <EmptyState title={t('none')} why={t('noneWhy')} />}
      {group !== undefined && (
        <Tabs value={group} onChange={(value) => setSearch({ group: value ?? undefined })} keepMounted={false}>
          <Tabs.List>
            {[...groups.keys()].map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`groups.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {[...groups].map(([each, settings]) => (
            <Tabs.Panel key={each} value={each} pt="md">
              <Stack>
                {settings.map((setting) => (
                  // Its version is part of the key: what somebody else has set takes the place of what stood there.
                  <SettingField key={`${setting.key} ${setting.version}`} setting={setting} />
                ))}
                {each === 'mail' && <MailTest />}
              </Stack>
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </Stack>
  )
}
