import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export interface KeyNameFieldProps {
  readonly value: string
  readonly onChange: (name: string) => void
  readonly error: ReactNode
}

/** The first field of every form about a key. */
export function KeyNameField({ value, onChange, error }: KeyNameFieldProps) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <TextInput
      label={t('common:name')}
      description={t('nameHint')}
      required
      maxLength={200}
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  )
}
