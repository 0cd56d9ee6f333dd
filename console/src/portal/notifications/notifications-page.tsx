import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { AddressTabs } from '../../components/address-tabs.tsx'
import { Age } from '../../components/age.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { listNotifications, markRead, type Notification, unreadQuery } from './notification-queries.ts'
import { Preferences } from './preferences.tsx'

const tabs = ['unread', 'all', 'preferences'] as const
const parts = { unread: <Told unread />, all: <Told unread={false} />, preferences: <Preferences /> }

/** What the visitor was told here, and how he wants to be told. */
export default function NotificationsPage() {
  const { t } = useTranslation(['notifications', 'pages'])
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
      <AddressTabs tabs={tabs.map((name) => ({ name, title: t(`tabs.${name}`), content: parts[name] }))} />
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
