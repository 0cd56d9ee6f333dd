import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { planVersionsQuery, systemsQuery } from './systems.ts'
import { healthStates, sortOf, sorts, statuses, type TenantSearch, usualSort } from './tenant-filter.ts'

const none = { search: undefined, status: undefined, system: undefined, tier: undefined, health: undefined }

/** What the list shows, in which order. All of it stands in the address. */
export function TenantFilters() {
  const { t } = useTranslation(['tenants', 'common'])
  const [search, setSearch] = usePageSearch<TenantSearch>()
  const systems = useQuery(systemsQuery)
  const plans = useQuery({ ...planVersionsQuery(search.system ?? ''), enabled: Boolean(search.system) })
  const tiers = [...new Set(plans.data?.plans.map(({ key }) => key))]
  const choice = (name: 'status' | 'system' | 'tier' | 'health', data: { value: string; label: string }[], why?: string) => (
    <Select
      label={t(`columns.${name}`)}
      data={data}
      value={search[name] ?? null}
      onChange={(value) => setSearch({ [name]: value ?? undefined, ...(name === 'system' && { tier: undefined }) })}
      placeholder={why ?? t('any')}
      disabled={why !== undefined}
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      w={150}
    />
  )
  return (
    <Group align="flex-end" gap="xs" role="search" mb="md">
      <SearchField />
      {choice(
        'status',
        labelled(statuses, (status) => t(`status.${status}`)),
      )}
      {choice(
        'health',
        labelled(healthStates, (state) => t(`health.${state}`)),
      )}
      {choice('system', systems.data?.map(({ name, title }) => ({ value: name, label: title })) ?? [])}
      {choice(
        'tier',
        labelled(tiers, (key) => key),
        search.system ? undefined : t('systemFirst'),
      )}
      <Select
        label={t('sort')}
        data={labelled(sorts, (sort) => t(`sorts.${sort}`))}
        value={sortOf(search)}
        onChange={(sort) => setSearch({ sort: sort === usualSort ? undefined : (sort ?? undefined) })}
        allowDeselect={false}
        w={190}
      />
      {Object.keys(none).some((name) => search[name as TenantSearch]) && (
        <Button variant="subtle" onClick={() => setSearch(none)}>
          {t('clearAll')}
        </Button>
      )}
    </Group>
  )
}

/** Asks once whoever types has stopped for a moment. */
function SearchField() {
  const { t } = useTranslation(['tenants', 'common'])
  const [{ search = '' }, setSearch] = usePageSearch<TenantSearch>()
  const [typed, setTyped] = useState(search)
  const ask = useDebouncedCallback((text: string) => setSearch({ search: text || undefined }), 250)
  // The address may change by itself: a saved view, the browser's way back.
  useEffect(() => setTyped(search), [search])
  return (
    <TextInput
      label={t('common:search')}
      placeholder={t('searchHint')}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      maxLength={40}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value)
        ask(value)
      }}
      w={220}
    />
  )
}

function labelled<Value extends string>(values: readonly Value[], label: (value: Value) => string) {
  return values.map((value) => ({ value, label: label(value) }))
}
