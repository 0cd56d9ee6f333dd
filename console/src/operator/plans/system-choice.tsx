import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { systemsQuery } from '../tenants/systems.ts'

type System = { readonly name: string; readonly title: string }

/** The system that the address names, else the first. */
export function useSystem(named: string | undefined) {
  const { data: systems = [], error } = useQuery(systemsQuery)
  return { system: named ?? systems[0]?.name ?? '', systems, error }
}

export interface SystemChoiceProps {
  readonly systems: readonly System[]
  readonly value: string
  readonly onChange: (system: string) => void
}

export function SystemChoice({ systems, value, onChange }: SystemChoiceProps) {
  const { t } = useTranslation('plan-versions')
  return (
    <Select
      aria-label={t('system')}
      data={systems.map(({ name, title }) => ({ value: name, label: title }))}
      value={value}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      allowDeselect={false}
    />
  )
}
