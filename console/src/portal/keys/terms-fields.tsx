import { NumberInput, TagsInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { KeyNameField } from '../../components/key-name-field.tsx'

/** What can still be changed about a key that is out there. */
export interface Terms {
  readonly name: string
  /** Null: as many as the installation gives every key. */
  readonly requestsPerHour: number | null
  readonly allowedAddresses: readonly string[]
}

export interface TermsFieldsProps {
  readonly values: Terms
  readonly onChange: (change: Partial<Terms>) => void
  readonly errors: Readonly<Record<string, ReactNode>>
}

/** Name, rate and addresses of a key. */
export function TermsFields({ values, onChange, errors }: TermsFieldsProps) {
  const { t } = useTranslation(['keys', 'common'])
  // A refusal names one of them: `allowedAddresses.2`.
  const wrongAddress = Object.entries(errors).find(([name]) => name.startsWith('allowedAddresses'))?.[1]
  return (
    <>
      <KeyNameField value={values.name} onChange={(name) => onChange({ name })} error={errors.name} />
      <NumberInput
        label={t('rate')}
        description={t('rateHint')}
        min={1}
        max={36_000_000}
        allowDecimal={false}
        clampBehavior="none"
        value={values.requestsPerHour ?? ''}
        onChange={(typed) => onChange({ requestsPerHour: typeof typed === 'number' ? typed : null })}
        error={errors.requestsPerHour}
      />
      <TagsInput
        label={t('addresses')}
        description={t('addressesHint')}
        placeholder={values.allowedAddresses.length === 0 ? '192.0.2.0/24' : ''}
        value={[...values.allowedAddresses]}
        onChange={(allowedAddresses) => onChange({ allowedAddresses })}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        error={wrongAddress}
      />
    </>
  )
}
