import { Group, NumberInput, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ReferenceSelect } from './reference-select.tsx'
import { inWords, type ViewField, type ViewResource } from './views-query.ts'

export type Filters = Readonly<Record<string, string | undefined>>

export interface ResourceFiltersProps {
  readonly resource: ViewResource
  readonly filters: Filters
  readonly onChange: (change: Filters) => void
}

/** Search, the filters that the resource declares, and its sorts. */
export function ResourceFilters({ resource, filters, onChange }: ResourceFiltersProps) {
  const { t } = useTranslation(['views', 'common'])
  const fieldOf = (name: string) => resource.fields.find((field) => field.name === name)
  const sorts = resource.sorts.flatMap((name) => {
    const field = inWords(fieldOf(name)?.title ?? { en: name })
    return [
      { value: name, label: t('upwards', { field }) },
      { value: `-${name}`, label: t('downwards', { field }) },
    ]
  })
  const isSearched = Boolean(filters.search)
  return (
    <Group align="flex-end" gap="sm" mb="md">
      {resource.search && (
        <TypedFilter
          label={t('common:search')}
          value={filters.search ?? ''}
          onChange={(search) => onChange({ search: search || undefined })}
        />
      )}
      {resource.filters.flatMap(({ field: name, kind }) => {
        const field = fieldOf(name)
        if (field === undefined) return []
        const names = kind === 'equals' ? [name] : [`${name}Min`, `${name}Max`]
        return names.map((each) => (
          <Filter
            key={each}
            field={field}
            label={
              each === name
                ? inWords(field.title)
                : t(each.endsWith('Min') ? 'atLeast' : 'atMost', { field: inWords(field.title) })
            }
            value={filters[each]}
            onChange={(value) => onChange({ [each]: value })}
          />
        ))
      })}
      <Select
        label={t('order')}
        data={sorts}
        value={isSearched ? null : (filters.sort ?? 'createdAt')}
        placeholder={isSearched ? t('orderOfSearch') : undefined}
        disabled={isSearched}
        allowDeselect={false}
        onChange={(sort) => onChange({ sort: sort ?? undefined })}
      />
    </Group>
  )
}

interface FilterProps {
  readonly field: ViewField
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

function Filter({ field: { schema, references }, label, value, onChange }: FilterProps) {
  const { t } = useTranslation('views')
  const choose = (chosen: string | null) => onChange(chosen ?? undefined)
  if (references !== null) return <ReferenceSelect {...{ label, references }} value={value ?? null} onChange={choose} clearable />
  if (Array.isArray(schema.enum))
    return <Select label={label} data={schema.enum.map(String)} value={value ?? null} onChange={choose} clearable />
  if (schema.type === 'boolean') {
    const data = [
      { value: 'true', label: t('yes') },
      { value: 'false', label: t('no') },
    ]
    return <Select label={label} data={data} value={value ?? null} onChange={choose} clearable />
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <NumberInput
        label={label}
        value={value ?? ''}
        onChange={(typed) => onChange(typed === '' ? undefined : String(typed))}
        w={140}
      />
    )
  }
  return <TypedFilter label={label} value={value ?? ''} onChange={(typed) => onChange(typed || undefined)} />
}

/** Asks when whoever types pauses, not at every letter. */
function TypedFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (typed: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const tell = useDebouncedCallback(onChange, 300)
  return (
    <TextInput
      label={label}
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        tell(event.currentTarget.value)
      }}
    />
  )
}
