import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Webhook } from './webhook-queries.ts'

type Shown = Pick<Webhook, 'state' | 'disabledBecause' | 'failingSince'>

export function WebhookState({ state, disabledBecause, failingSince }: Shown) {
  const { t } = useTranslation('webhooks')
  if (state === 'disabled') {
    return (
      <Badge variant="dot" color="red">
        {t(`disabled.${disabledBecause ?? 'failing'}`)}
      </Badge>
    )
  }
  const isFailing = state === 'active' && failingSince !== null
  return (
    <Badge variant="dot" color={state === 'paused' ? 'gray' : isFailing ? 'yellow' : 'green'}>
      {isFailing ? t('states.failing') : t(`states.${state}`)}
    </Badge>
  )
}
