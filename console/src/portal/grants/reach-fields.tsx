import { MultiSelect, Radio, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { listObjects } from '../views/object-api.ts'
import { useGrantable, useGrantedNames } from './granted-objects.ts'

export type Reach = 'all' | 'granted'

export interface ReachFieldsProps {
  readonly reach: Reach
  readonly grants: readonly string[]
  readonly onChange: (change: { reach: Reach; grants: string[] }) => void
  readonly error?: ReactNode
}

/** Whether somebody reaches everything or single objects, and which. Nobody gives more than he reaches. */
export function ReachFields({ reach, grants, onChange, error }: ReachFieldsProps) {
  const { t } = useTranslation('people')
  const limited = useSession().reach === 'granted'
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t('reach.label')}
        value={reach}
        onChange={(value) => onChange({ reach: value as Reach, grants: value === 'all' ? [] : [...grants] })}
      >
        <Stack gap={6} mt={4}>
          <Radio value="all" label={t('reach.all')} disabled={limited} description={limited ? t('reach.notYours') : undefined} />
          <Radio value="granted" label={t('reach.granted')} description={t('reach.grantedHint')} />
        </Stack>
      </Radio.Group>
      {reach === 'granted' && <GrantsField {...{ grants, error }} onChange={(chosen) => onChange({ reach, grants: chosen })} />}
    </Stack>
  )
}

interface GrantsFieldProps {
  readonly grants: readonly string[]
  readonly onChange: (grants: string[]) => void
  readonly error?: ReactNode
}

/** Which objects somebody is limited to. */
export function GrantsField({ grants, onChange, error }: GrantsFieldProps) {
  const { t } = useTranslation('people')
  const resources = useGrantable()
  const names = useGrantedNames(grants)
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(typed.trim(), 250)
  const found = useQueries({
    queries: resources.map(({ path, search }) => ({
      queryKey: ['objects', path, 'choice', search ? asked : ''],
      queryFn: () => listObjects(path, { limit: 50, ...(search && asked !== '' && { search: asked }) }),
      staleTime: 30_000,
    })),
  })
  const options = new Map(names)
  for (const [index, { label }] of resources.entries()) {
    for (const row of found[index]?.data?.items ?? []) options.set(row.id, String(row[label] ?? row.id))
  }
  return (
    <MultiSelect
      label={t('reach.objects')}
      description={resources.length === 0 ? t('reach.noObjects') : undefined}
      data={[...options].map(([value, label]) => ({ value, label }))}
      value={[...grants]}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // What the server found stays, whatever words it found it by.
      {...(resources.every(({ search }) => search) && { filter: ({ options: all }) => all })}
      nothingFoundMessage={t('reach.nothingFound')}
      error={error}
    />
  )
}
