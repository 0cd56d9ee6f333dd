import { Button, Center, Group, Loader, Stack, Text, useComputedColorScheme } from '@mantine/core'
import { IconGridDots, IconTable } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../components/data-table.tsx'
import { showNumber } from '../i18n/format.ts'
import { type Carpet, carpetOf } from './carpet.ts'
import type { ChartSeries } from './series.ts'

/** ECharts is large, and comes for this picture alone. */
const EchartsCarpet = lazy(() => import('./echarts-carpet.tsx'))

export interface CarpetChartProps {
  readonly title: string
  /** By the hour, at most some hundred days. */
  readonly series: Pick<ChartSeries, 'unit' | 'times' | 'values'>
  readonly timeZone: string
  readonly height?: number
}

/** A column for each day, a row for each hour: shows at a glance what runs at night. */
export function CarpetChart({ title, series: { unit, times, values }, timeZone, height = 340 }: CarpetChartProps) {
  const { t } = useTranslation(['charts', 'common'])
  const isDark = useComputedColorScheme('light') === 'dark'
  const [isTable, setTable] = useState(false)
  const carpet = useMemo(() => carpetOf(times, values, timeZone), [times, values, timeZone])
  return (
    <Stack gap="xs" component="figure" m={0} aria-label={title}>
      <Group justify="flex-end">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={isTable ? <IconGridDots size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? t('asChart') : t('asTable')}
        </Button>
      </Group>
      {isTable ? (
        <CarpetTable title={title} carpet={carpet} />
      ) : (
        <div role="img" aria-label={title}>
          <Suspense
            fallback={
              <Center h={height}>
                <Loader aria-label={t('common:loading')} role="status" />
              </Center>
            }
          >
            <EchartsCarpet {...{ carpet, unit, height, isDark }} />
          </Suspense>
        </div>
      )}
      <Text component="figcaption" size="xs" c="dimmed">
        {t('zone', { zone: timeZone })}
      </Text>
    </Stack>
  )
}

const daysAtOnce = 31

function CarpetTable({ title, carpet }: { readonly title: string; readonly carpet: Carpet }) {
  const { t } = useTranslation('charts')
  const [most, setMost] = useState(daysAtOnce)
  const byPlace = useMemo(() => new Map(carpet.cells.map(([day, hour, value]) => [day * 24 + hour, value])), [carpet])
  const columns: Column<number>[] = [
    { name: 'day', title: t('day'), show: (day) => carpet.days[day] },
    ...Array.from({ length: 24 }, (_, hour): Column<number> => {
      const show = (day: number) => {
        const value = byPlace.get(day * 24 + hour)
        return value === undefined ? '' : showNumber(value, { maximumSignificantDigits: 4 })
      }
      return { name: String(hour), title: String(hour).padStart(2, '0'), show, align: 'end' }
    }),
  ]
  const rows = Array.from({ length: Math.min(most, carpet.days.length) }, (_, day) => day)
  const onMore = rows.length < carpet.days.length ? () => setMost(most + daysAtOnce) : undefined
  return <DataTable caption={title} columns={columns} rows={rows} keyOf={String} empty={null} onMore={onMore} />
}
