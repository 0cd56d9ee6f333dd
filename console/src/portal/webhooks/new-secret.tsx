import { useTranslation } from 'react-i18next'
import { OnceShown } from '../../components/once-shown.tsx'
import type { WebhookWithSecret } from './webhook-queries.ts'

/** With this secret the receiver knows that what comes is from here. */
export function NewSecret({ made, onClose }: { readonly made: WebhookWithSecret; readonly onClose: () => void }) {
  const { t } = useTranslation('webhooks')
  return (
    <OnceShown title={t('secretOf', { url: made.url })} secret={made.secret} onClose={onClose}>
      {t('secretWhat')}
    </OnceShown>
  )
}
