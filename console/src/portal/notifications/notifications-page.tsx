import { Button, Card, Group, Stack, Tabs, Text } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { listNotifications, markRead, type Notification, unreadQuery } from './notification-queries.ts'
import { Preferences } from './preferences.tsx'

const tabs = ['unread', 'all', 'preferences'] as const

/** What the visitor was told here, and how he wants to be told. */
export default function NotificationsPage() {
  const { t } = useTranslation(['notifications', 'pages'])
  const [search, setSearch] = usePageSearch<'tab'>()
  const tab = tabs.find((each) => each === search.tab) ?? 'unread'
  const { data: unread = 0 } = useQuery(unreadQuery)
  const readAll = useMutation({ mutationFn: () => markRead() })
  return (
    <>
      <PageHeader title={t('pages:notifications')} about={t('about')}>
        <Button
          variant="default"
          leftSection={<IconChecks size={16} aria-hidden />}
          disabled={unread === 0}
          title={unread === 0 ? t('allRead') : undefined}
          loading={readAll.isPending}
          onClick={() => readAll.mutate()}
        >
          {t('readAll')}
        </Button>
      </PageHeader>
      <ProblemAlert error={readAll.error} />
      <Tabs
        value={tab}
        onChange={(chosen) => setSearch({ tab: chosen === 'unread' ? undefined : (chosen ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(['unread', 'all'] as const).map((each) => (
          <Tabs.Panel key={each} value={each}>
            <Told unread={each === 'unread'} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="preferences">
          <Preferences />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Told({ unread }: { readonly unread: boolean }) {
  const { t } = useTranslation(['notifications', 'common'])
  const filter = unread ? { unread } : {}
  const { rows, error, isPending, more } = usePages<Notification>(['notifications', filter], (cursor) =>
    listNotifications({ ...filter, ...cursor }),
  )
  const read = useMutation({ mutationFn: (id: string) => markRead([id]) })
  if (error) return <ProblemAlert error={error} />
  if (isPending) return null
  if (rows.length === 0) {
    return <EmptyState title={unread ? t('noUnread') : t('none')} why={t('noneWhy')} />
  }
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      <ProblemAlert error={read.error} />
      {rows.map(({ id, title, text, at, readAt }) => (
        <Card key={id} component="li" withBorder py="xs">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text fw={readAt === null ? 600 : 400}>{title}</Text>
              <Text size="sm">{text}</Text>
              <Text size="xs" c="dimmed">
                <Age of={at} />
              </Text>
            </div>
            {readAt === null && (
              <Button variant="subtle" size="compact-sm" aria-label={t('readOne', { title })} onClick={() => read.mutate(id)}>
                {t('read')}
              </Button>
            )}
          </Group>
        </Card>
      ))}
      {more.onMore && (
        <Button variant="default" onClick={more.onMore} loading={more.loadingMore} mx="auto">
          {t('common:more')}
        </Button>
      )}
    </Stack>
  )
}
