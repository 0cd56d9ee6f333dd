import { Badge, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Age } from '../../components/age.tsx'
import { showDate, showNumber } from '../../i18n/format.ts'
import { readObject } from './object-api.ts'
import type { ViewField } from './views-query.ts'

/** A value of a field, as text or as what it stands for. */
export function Cell({ field, value }: { readonly field: ViewField; readonly value: unknown }) {
  const { t } = useTranslation('views')
  if (value === null || value === undefined || value === '')
    return (
      <Text c="dimmed" component="span">
        –
      </Text>
    )
  if (field.references !== null)
    return <Referred path={field.references.path} label={field.references.label} id={String(value)} />
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (typeof value === 'number') return showNumber(value)
  if (field.schema.enum !== undefined)
    return (
      <Badge variant="default" tt="none">
        {String(value)}
      </Badge>
    )
  if (field.schema.format === 'date-time') return <Age of={String(value)} />
  // A date is the same day everywhere.
  if (field.schema.format === 'date') return showDate(String(value), 'UTC')
  if (typeof value === 'object') return JSON.stringify(value)
  return (
    <Text size="sm" lineClamp={2}>
      {String(value)}
    </Text>
  )
}

/** The name of what an id stands for, asked for once for all rows that have it. */
function Referred({ path, label, id }: { readonly path: string; readonly label: string; readonly id: string }) {
  const { data } = useQuery({ queryKey: ['object', path, id], queryFn: () => readObject(path, id), staleTime: 60_000 })
  return <Text size="sm">{data === undefined ? `${id.slice(0, 8)}…` : String(data[label] ?? id)}</Text>
}
