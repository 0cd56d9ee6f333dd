import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../components/data-table.tsx'
import { showNumber } from '../i18n/format.ts'
import { locale } from '../i18n/i18n.ts'
import type { ChartSeries, Columns } from './series.ts'

export interface TableTwinProps {
  readonly title: string
  readonly series: readonly ChartSeries[]
  readonly columns: Columns
  readonly timeZone: string
}

const rowsAtOnce = 100

/** The same values as the picture, for whoever reads better than he sees, or wants the number. */
export function TableTwin({ title, series, columns, timeZone }: TableTwinProps) {
  const { t } = useTranslation('charts')
  const [most, setMost] = useState(rowsAtOnce)
  const rows = useMemo(() => rowsOf(columns, most), [columns, most])
  const format = useMemo(
    () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone }),
    [timeZone],
  )
  const shown: Column<number>[] = [
    { name: 'time', title: t('timeIn', { zone: timeZone }), show: (row) => format.format((columns[0][row] as number) * 1_000) },
    ...series.map(({ id, label, unit }, index): Column<number> => {
      const values = columns[index + 1] ?? []
      const show = (row: number) =>
        typeof values[row] === 'number' ? showNumber(values[row], { maximumSignificantDigits: 6 }) : ''
      return { name: id, title: unit === '' ? label : t('inUnit', { label, unit }), show, align: 'end' }
    }),
  ]
  const hasMore = rows.length === most
  return (
    <DataTable
      caption={title}
      columns={shown}
      rows={rows}
      keyOf={(row) => String(columns[0][row])}
      empty={null}
      onMore={hasMore ? () => setMost(most + rowsAtOnce) : undefined}
    />
  )
}

/** Places in the columns at which something was measured: those of gaps are no rows. */
function rowsOf([times, ...values]: Columns, most: number): number[] {
  const rows: number[] = []
  for (let row = 0; row < times.length && rows.length < most; row++) {
    if (values.some((column) => typeof column[row] === 'number')) rows.push(row)
  }
  return rows
}
