import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const colours = { held: 'green', untested: 'yellow', leaking: 'red' } as const

export function AttackVerdict({ verdict }: { readonly verdict: keyof typeof colours }) {
  const { t } = useTranslation('operations')
  return <Badge color={colours[verdict]}>{t(`attacks.verdicts.${verdict}`)}</Badge>
}
