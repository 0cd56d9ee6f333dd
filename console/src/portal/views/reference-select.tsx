import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listObjects, readObject } from './object-api.ts'
import type { ViewField } from './views-query.ts'

export interface ReferenceSelectProps {
  readonly label: ReactNode
  readonly references: NonNullable<ViewField['references']>
  readonly value: string | null
  readonly onChange: (id: string | null) => void
  readonly required?: boolean
  readonly disabled?: boolean
  readonly clearable?: boolean
  readonly error?: ReactNode
  readonly description?: ReactNode
  readonly size?: string
  /** Id of one that cannot be chosen. */
  readonly except?: string
}

/** Chooses an object by its name; asks the server as somebody types where it can be searched. */
export function ReferenceSelect({ references, value, onChange, except, ...shown }: ReferenceSelectProps) {
  const { t } = useTranslation('views')
  const { path, label, search: canSearch } = references
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(canSearch ? typed.trim() : '', 250)
  const nameOf = (row: { readonly id: string; readonly [field: string]: unknown }) => String(row[label] ?? row.id)
  const chosen = useQuery({
    queryKey: ['object', path, value],
    queryFn: () => readObject(path, value as string),
    enabled: value !== null,
    staleTime: 60_000,
  })
  const found = useQuery({
    queryKey: ['objects', path, 'choice', asked],
    queryFn: () => listObjects(path, { limit: 50, ...(asked !== '' && asked !== chosenName(chosen.data) && { search: asked }) }),
    staleTime: 30_000,
  })
  function chosenName(row: Parameters<typeof nameOf>[0] | undefined): string | undefined {
    return row && nameOf(row)
  }
  const rows = [...(chosen.data === undefined ? [] : [chosen.data]), ...(found.data?.items ?? [])]
  const choices = rows.filter(({ id }) => id !== except).map((row) => [row.id, { value: row.id, label: nameOf(row) }] as const)
  const data = [...new Map(choices).values()]
  return (
    <Select
      {...shown}
      data={data}
      value={value}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // What the server found stays, whatever words it found it by.
      {...(canSearch && { filter: ({ options }) => options })}
      nothingFoundMessage={found.isPending ? t('searching') : t('nothingFound')}
    />
  )
}
