import { Button, Group, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogSearch } from './log-queries.ts'

const texts = ['action', 'objectId', 'actorId'] as const
const times = ['from', 'to'] as const
type Filter = (typeof texts)[number] | (typeof times)[number]
type Change = Partial<Record<LogSearch, string | undefined>>

export interface LogFiltersProps {
  readonly search: Partial<Record<LogSearch, string>>
  readonly onChange: (change: Change) => void
}

/** Which entries are shown, and go into the file. All of it stands in the address. */
export function LogFilters({ search, onChange }: LogFiltersProps) {
  const { t } = useTranslation('logs')
  const filters: readonly Filter[] = [...texts, ...times]
  return (
    <Group align="flex-end" gap="xs" role="search" mb="md">
      {texts.map((name) => (
        <TextFilter key={name} name={name} value={search[name] ?? ''} onChange={onChange} />
      ))}
      {times.map((name) => (
        <TextInput
          key={name}
          label={t(`filters.${name}`)}
          type="datetime-local"
          value={search[name] ?? ''}
          onChange={(event) => onChange({ [name]: event.currentTarget.value || undefined })}
        />
      ))}
      {filters.some((name) => search[name]) && (
        <Button variant="subtle" onClick={() => onChange(Object.fromEntries(filters.map((name) => [name, undefined])))}>
          {t('clear')}
        </Button>
      )}
    </Group>
  )
}

interface TextFilterProps {
  readonly name: (typeof texts)[number]
  readonly value: string
  readonly onChange: (change: Change) => void
}

/** Asks once whoever types has stopped for a moment. */
function TextFilter({ name, value, onChange }: TextFilterProps) {
  const { t } = useTranslation('logs')
  const [typed, setTyped] = useState(value)
  const ask = useDebouncedCallback((text: string) => onChange({ [name]: text || undefined }), 300)
  // The address changes by itself when somebody follows an entry, or goes back.
  useEffect(() => setTyped(value), [value])
  return (
    <TextInput
      label={t(`filters.${name}`)}
      placeholder={name === 'action' ? 'platform.member.*' : ''}
      maxLength={120}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        ask(currentTarget.value.trim())
      }}
    />
  )
}
