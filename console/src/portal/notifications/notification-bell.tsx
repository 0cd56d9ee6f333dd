import { ActionIcon, Indicator } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBell } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { followStream } from '../../api/event-stream.ts'
import { showNumber } from '../../i18n/format.ts'
import { type Notification, unreadQuery } from './notification-queries.ts'

/** More is not counted out at the bell. */
const most = 99

/** In the header: how many notifications are not read, and the way to them. New ones are said when they come. */
export function NotificationBell() {
  const { t } = useTranslation('common')
  const queries = useQueryClient()
  const { data: unread = 0 } = useQuery(unreadQuery)
  useEffect(() => {
    const gone = new AbortController()
    const tell = ({ type, data }: { readonly type: string; readonly data: unknown }) => {
      if (type === 'notification') {
        const { id, title, text } = data as Notification
        notifications.show({ id, title, message: text })
      }
      void queries.invalidateQueries({ queryKey: ['notifications'] })
    }
    void followStream('/v1/notifications/stream', tell, gone.signal)
    return () => gone.abort()
  }, [queries])
  return (
    <Indicator label={unread > most ? `${most}+` : showNumber(unread)} size={18} disabled={unread === 0} offset={4}>
      <ActionIcon component={Link} to="/notifications" variant="subtle" size="lg" aria-label={t('unread', { count: unread })}>
        <IconBell aria-hidden />
      </ActionIcon>
    </Indicator>
  )
}
