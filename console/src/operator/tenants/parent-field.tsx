import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'

export interface ParentFieldProps {
  /** Slug of the tenant above; empty for none. */
  readonly value: string
  readonly onChange: (slug: string) => void
  readonly error: ReactNode
  /** Its name, where it is known already. */
  readonly known?: { readonly slug: string; readonly name: string } | undefined
}

/** Which tenant is above this one, found by part of its slug or name. The server judges what is possible. */
export function ParentField({ value, onChange, error, known }: ParentFieldProps) {
  const { t } = useTranslation('tenants')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.slice(0, 40), 200)
  const found = useQuery({
    queryKey: ['tenants', 'parents', search],
    queryFn: async () =>
      (await api.GET('/v1/tenants', { params: { query: { ...(search && { search }), sort: 'name', limit: 20 } } })).data.items,
    placeholderData: (before) => before,
  })
  const choices = new Map([...(known ? [known] : []), ...(found.data ?? [])].map(({ slug, name }) => [slug, `${name} (${slug})`]))
  if (value !== '' && !choices.has(value)) choices.set(value, value)
  return (
    <Select
      label={t('parent.label')}
      description={t('parent.hint')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      nothingFoundMessage={t('parent.none')}
      // Found by the server: what it names fits.
      filter={({ options }) => options}
      data={[...choices].map(([slug, label]) => ({ value: slug, label }))}
      value={value || null}
      // What is chosen stands in the field too, and is no search.
      onSearchChange={(text) => setTyped([...choices.values()].includes(text) ? '' : text)}
      onChange={(slug) => onChange(slug ?? '')}
      error={error}
    />
  )
}
