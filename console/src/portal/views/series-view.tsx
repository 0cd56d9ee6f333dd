import { Group, MultiSelect, Stack, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { isLast, type Range, type RangeSearch, rangeOf, searchOf } from '../../charts/range.ts'
import { RangeControl } from '../../charts/range-control.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { readObject, readPath } from './object-api.ts'
import { type NamedSeries, nameOf, type SeriesList } from './points-query.ts'
import { RawCsv } from './raw-csv.tsx'
import { SeriesAnalysis } from './series-analysis.tsx'
import { SeriesPictures } from './series-pictures.tsx'
import type { View, ViewResource } from './views-query.ts'

export type SeriesPaths = NonNullable<View['series']>
type Search = 'series' | 'last' | 'from' | 'to' | 'before' | 'of'

const hour = 3_600_000
/** More than a reader tells apart at the first look. */
const shownAtFirst = 4

export interface SeriesViewProps {
  readonly view: View
  readonly paths: SeriesPaths
  readonly resource: ViewResource
  readonly id: string
}

/** An object's page: what was measured in it, over any span, live. */
export function SeriesView({ paths, resource, id }: SeriesViewProps) {
  const path = (template: string) => template.replace('{id}', id)
  const object = useQuery({ queryKey: ['object', resource.path, id], queryFn: () => readObject(resource.path, id) })
  const list = useQuery({
    queryKey: ['series', paths.seriesPath, id],
    queryFn: () => readPath<SeriesList>(path(paths.seriesPath)),
    staleTime: 60_000,
  })
  const title = String(object.data?.[resource.label] ?? '')
  return (
    <Stack>
      <PageHeader title={title} {...(list.data && { about: list.data.timeZone })} />
      <ProblemAlert error={object.error ?? list.error} />
      {list.data && (
        <Measured
          title={title}
          list={list.data}
          dataPath={path(paths.dataPath)}
          livePath={paths.livePath && path(paths.livePath)}
          loads={paths.loads}
        />
      )}
    </Stack>
  )
}

interface MeasuredProps {
  readonly title: string
  readonly list: SeriesList
  readonly dataPath: string
  readonly livePath: string | null
  readonly loads: readonly string[]
}

function Measured({ title, list, dataPath, livePath, loads }: MeasuredProps) {
  const { t } = useTranslation('views')
  const [search, setSearch] = usePageSearch<Search>()
  const [now, setNow] = useState(Date.now)
  const spansBefore = useRef<RangeSearch[]>([])
  if (list.lastAt === null) return <EmptyState title={t('noPoints')} why={t('noPointsWhy')} />

  const asked: RangeSearch = search.last || search.from ? search : usualSearch(Date.parse(list.lastAt), now)
  const range = rangeOf(asked, now, { start: now - 24 * hour, end: now })
  const isLive = isLast(asked.last)
  const chosen = chosenOf(list.items, search.series, loads)
  const go = (to: RangeSearch) => {
    setNow(Date.now())
    setSearch({ last: to.last, from: to.from, to: to.to }, { replace: false })
  }
  const change = (to: RangeSearch) => {
    spansBefore.current.push({ last: asked.last, from: asked.from, to: asked.to })
    go(to)
  }
  const onBack = () => {
    const earlier = spansBefore.current.pop()
    if (earlier !== undefined) go(earlier)
  }
  const onZoom = (to: Range) => change(searchOf(to))
  const shared = { dataPath, range, timeZone: list.timeZone }
  return (
    <>
      <Group align="flex-end" gap="sm">
        <MultiSelect
          label={t('series')}
          data={list.items.map((each) => ({ value: each.sensorId, label: nameOf(each) }))}
          value={chosen.map(({ sensorId }) => sensorId)}
          onChange={(ids) => setSearch({ series: ids.length === 0 ? undefined : ids.join(',') })}
          searchable
          maxValues={12}
          maw={640}
        />
        <Switch
          label={t('before')}
          checked={search.before === '1'}
          onChange={(event) => setSearch({ before: event.currentTarget.checked ? '1' : undefined })}
        />
        <RawCsv {...shared} title={title} ids={chosen.map(({ sensorId }) => sensorId)} />
      </Group>
      <RangeControl
        search={asked}
        range={range}
        timeZone={list.timeZone}
        onChange={change}
        onBack={spansBefore.current.length > 0 ? onBack : undefined}
      />
      <SeriesPictures
        {...shared}
        series={chosen}
        withBefore={search.before === '1'}
        livePath={isLive ? livePath : null}
        onRefresh={() => setNow(Date.now())}
        onZoom={onZoom}
        onBack={onBack}
      />
      <SeriesAnalysis
        {...shared}
        series={list.items}
        chosen={search.of ?? chosen[0]?.sensorId}
        loads={loads}
        onChoose={(of) => setSearch({ of })}
      />
    </>
  )
}

/** The last day, live; of what has been silent for longer, its last week. */
function usualSearch(lastAt: number, now: number): RangeSearch {
  if (now - lastAt < 24 * hour) return { last: '24h' }
  return searchOf({ start: lastAt - 168 * hour, end: lastAt + hour })
}

/** Those of the address; else loads before others, some of them. */
function chosenOf(items: readonly NamedSeries[], text: string | undefined, loads: readonly string[]): NamedSeries[] {
  const ids = new Set(text?.split(','))
  const named = items.filter(({ sensorId }) => ids.has(sensorId))
  if (named.length > 0) return named
  const isLoad = ({ pointType }: NamedSeries) => loads.includes(pointType)
  return [...items.filter(isLoad), ...items.filter((each) => !isLoad(each))].slice(0, shownAtFirst)
}
