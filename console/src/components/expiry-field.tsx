import { Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const days = ['30', '90', '365'] as const
const day = 86_400_000

export interface ExpiryFieldProps {
  /** RFC 3339; undefined is never. */
  readonly onChange: (expiresAt: string | undefined) => void
  readonly error?: React.ReactNode
}

/** The end of a key: so many days from now, a day of one's own, or none. */
export function ExpiryField({ onChange, error }: ExpiryFieldProps) {
  const { t } = useTranslation(['keys', 'common'])
  const [choice, setChoice] = useState('never')
  const choose = (chosen: string) => {
    setChoice(chosen)
    const count = Number(chosen)
    onChange(Number.isFinite(count) ? new Date(Date.now() + count * day).toISOString() : undefined)
  }
  return (
    <Stack gap="xs">
      <Select
        label={t('ends')}
        data={[
          { value: 'never', label: t('common:never') },
          ...days.map((count) => ({ value: count as string, label: t('inDays', { count: Number(count) }) })),
          { value: 'date', label: t('onDate') },
        ]}
        value={choice}
        onChange={(chosen) => chosen !== null && choose(chosen)}
        allowDeselect={false}
        error={choice === 'date' ? undefined : error}
      />
      {choice === 'date' && (
        <TextInput
          label={t('lastDay')}
          type="date"
          required
          onChange={({ currentTarget: { value } }) => onChange(endOfDay(value))}
          error={error}
        />
      )}
    </Stack>
  )
}

/** In the visitor's own zone: the day that is typed still counts. */
function endOfDay(typed: string): string | undefined {
  const [year, month, date] = typed.split('-').map(Number)
  if (!year || !month || !date) return undefined
  return new Date(year, month - 1, date + 1).toISOString()
}
