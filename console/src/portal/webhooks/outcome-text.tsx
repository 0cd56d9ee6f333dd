import { useTranslation } from 'react-i18next'

/** How an attempt ended: `delivered`, `status_503`, or why nothing usable came back. */
export function OutcomeText({ code }: { readonly code: string | null }) {
  const { t } = useTranslation('webhooks')
  if (code === null) return t('noOutcome')
  const status = /^status_(\d+)$/.exec(code)?.[1]
  return status === undefined ? t(`codes.${code}`, { defaultValue: code }) : t('answered', { status })
}
