import './acting/acting-banner.css'
import { Button, Group, Text } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { showAge, showTime } from '../i18n/format.ts'
import { isActing, leave } from './acting/acting-session.ts'
import { useTopLayer } from './acting/use-top-layer.ts'

/** Asked again and again, so that whoever was shown the door sees it also on a page that asks nothing. */
const actingQuery = {
  queryKey: ['acting'],
  queryFn: async () => (await api.GET('/v1/operator-access/current')).data.acting,
  refetchInterval: 15_000,
}

/** Above everything while an operator acts here: who, as whom, why, until when. Nothing for everybody who is himself. */
export function ActingBanner() {
  return isActing() ? <Banner /> : null
}

function Banner() {
  const { t } = useTranslation('acting')
  const { data: acting } = useSuspenseQuery(actingQuery)
  const stop = useMutation({
    mutationFn: () => api.POST('/v1/operator-access/current/end'),
    // Over it is in any case: here at once, there at the latest by itself.
    onSettled: () => leave(),
  })
  const ref = useRef<HTMLElement>(null)
  useTopLayer(ref, '--acting-banner')
  if (acting === null) return null
  const names = { operator: acting.operatorName, member: acting.memberName ?? '' }
  return (
    <>
      <section ref={ref} popover="manual" className="acting-banner" aria-label={t('banner.label')} data-testid="acting-banner">
        <Group justify="space-between" gap="xs">
          <div>
            <Text fw={700}>{acting.readOnly ? t('banner.reading', names) : t('banner.changing', names)}</Text>
            <Text size="sm">
              {t('banner.until', { reason: acting.reason, time: showTime(acting.expiresAt), age: showAge(acting.expiresAt) })}
            </Text>
          </div>
          <Button color="white" variant="outline" onClick={() => stop.mutate()} loading={stop.isPending}>
            {t('banner.stop')}
          </Button>
        </Group>
      </section>
      <div className="acting-frame" aria-hidden />
    </>
  )
}
