import { Button, Group, Select } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type Compared, mostSeries } from './compared.ts'
import { nameOf, type Source } from './points-query.ts'
import { ReferenceSelect } from './reference-select.tsx'
import { measuredQuery } from './use-compared.ts'
import type { ViewResource, ViewSeries } from './views-query.ts'

export interface CompareSelectProps {
  readonly paths: ViewSeries
  readonly resource: ViewResource
  /** Of the page's own object. */
  readonly ownId: string
  readonly compared: readonly Compared[]
  /** As far as they are known by now. */
  readonly sources: readonly Source[]
  readonly isFull: boolean
  readonly onChange: (compared: readonly Compared[]) => void
}

/** Series of other objects, one after the other: of which object, then which of its series. */
export function CompareSelect({ paths, resource, ownId, compared, sources, isFull, onChange }: CompareSelectProps) {
  const { t } = useTranslation('views')
  const [from, setFrom] = useState<string | null>(null)
  const { data, error } = useQuery({ ...measuredQuery(paths, resource, from ?? ''), enabled: from !== null })
  const isNew = (sensorId: string) => !compared.some(({ seriesId }) => seriesId === sensorId)
  const labels = sources.flatMap(({ name, series }) =>
    series.map((each) => ({ id: each.sensorId, label: [name, nameOf(each)].join(' · ') })),
  )
  return (
    <>
      <Group align="flex-end" gap="sm">
        <ReferenceSelect
          label={t('compareWith')}
          references={{ path: resource.path, label: resource.label, search: resource.search }}
          except={ownId}
          value={from}
          onChange={setFrom}
          disabled={isFull}
          description={isFull ? t('enoughSeries', { most: mostSeries }) : undefined}
          clearable
        />
        <Select
          label={t('itsSeries')}
          // What was chosen stands below: here the next can be.
          value={null}
          data={(data?.series ?? [])
            .filter(({ sensorId }) => isNew(sensorId))
            .map((each) => ({ value: each.sensorId, label: nameOf(each) }))}
          onChange={(seriesId) => {
            if (from !== null && seriesId !== null) onChange([...compared, { objectId: from, seriesId }])
          }}
          disabled={isFull || data === undefined}
        />
      </Group>
      <ProblemAlert error={error} />
      {compared.length > 0 && (
        <Group gap="xs" role="group" aria-label={t('compared')}>
          {compared.map(({ seriesId }) => {
            const label = labels.find(({ id }) => id === seriesId)?.label ?? `${seriesId.slice(0, 8)}…`
            return (
              <Button
                key={seriesId}
                variant="default"
                size="compact-sm"
                rightSection={<IconX size={14} aria-hidden />}
                aria-label={t('compareNoMore', { name: label })}
                onClick={() => onChange(compared.filter((each) => each.seriesId !== seriesId))}
              >
                {label}
              </Button>
            )
          })}
        </Group>
      )}
    </>
  )
}
