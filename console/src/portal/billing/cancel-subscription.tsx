import { Radio, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { showDate } from '../../i18n/format.ts'

/** Ends the subscription: at the end of what is paid for, or now. */
export function CancelSubscription({ periodEnd, onClose }: { readonly periodEnd: string; readonly onClose: () => void }) {
  const { t } = useTranslation('billing')
  const { tenant } = useSession()
  const [at, setAt] = useState<'now' | 'period_end'>('period_end')
  const cancelling = useMutation({
    mutationFn: () => api.POST('/v1/subscription/cancel', { body: { at } }),
    onSuccess: onClose,
  })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('cancelTitle')}
      name={tenant.slug}
      act={t('cancel')}
      onConfirm={() => cancelling.mutate()}
      busy={cancelling.isPending}
      error={cancelling.error}
    >
      <Text size="sm">{t('cancelWhy')}</Text>
      <Radio.Group label={t('when')} value={at} onChange={(value) => setAt(value === 'now' ? 'now' : 'period_end')}>
        <Stack gap="xs" mt="xs">
          <Radio value="period_end" label={t('atEnd', { date: showDate(periodEnd) })} />
          <Radio value="now" label={t('atOnce')} />
        </Stack>
      </Radio.Group>
      <AsCall method="POST" path="/v1/subscription/cancel" body={{ at }} />
    </ConfirmByName>
  )
}
