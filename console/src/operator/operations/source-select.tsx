import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export interface SourceSelectProps {
  readonly sources: readonly string[]
  readonly value: string | undefined
  readonly onChange: (source: string | undefined) => void
}

export function SourceSelect({ sources, value, onChange }: SourceSelectProps) {
  const { t } = useTranslation('operations')
  return (
    <Select
      aria-label={t('migrations.source')}
      placeholder={t('migrations.everySource')}
      clearable
      data={[...sources]}
      value={value ?? null}
      onChange={(source) => onChange(source ?? undefined)}
    />
  )
}
