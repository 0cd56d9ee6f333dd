import { Group, MultiSelect, Stack, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { isLast, type Range, type RangeSearch, rangeOf, searchOf } from '../../charts/range.ts'
import { RangeControl } from '../../charts/range-control.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { CompareSelect } from './compare-select.tsx'
import { comparedOf, comparedText, mostSeries } from './compared.ts'
import { readObject } from './object-api.ts'
import { type NamedSeries, nameOf, pathOf, readSeriesList, type SeriesList } from './points-query.ts'
import { RawCsv } from './raw-csv.tsx'
import { SeriesAnalysis } from './series-analysis.tsx'
import { SeriesPictures } from './series-pictures.tsx'
import { useCompared } from './use-compared.ts'
import type { ViewResource, ViewSeries } from './views-query.ts'

type Search = 'series' | 'with' | 'last' | 'from' | 'to' | 'before' | 'of'

const hour = 3_600_000
/** More than a reader tells apart at the first look. */
const shownAtFirst = 4

export interface SeriesViewProps {
  readonly paths: ViewSeries
  readonly resource: ViewResource
  readonly id: string
}

/** An object's page: what was measured in it, over any span, live, and beside it what was measured in others. */
export function SeriesView({ paths, resource, id }: SeriesViewProps) {
  const object = useQuery({ queryKey: ['object', resource.path, id], queryFn: () => readObject(resource.path, id) })
  const list = useQuery({
    queryKey: ['series', paths.seriesPath, id],
    queryFn: () => readSeriesList(paths, id),
    staleTime: 60_000,
  })
  const title = String(object.data?.[resource.label] ?? '')
  return (
    <Stack>
      <PageHeader title={title} {...(list.data && { about: list.data.timeZone })} />
      <ProblemAlert error={object.error ?? list.error} />
      {list.data && <Measured {...{ paths, resource, id, title }} list={list.data} />}
    </Stack>
  )
}

interface MeasuredProps extends SeriesViewProps {
  readonly title: string
  readonly list: SeriesList
}

function Measured({ paths, resource, id, title, list }: MeasuredProps) {
  const { t } = useTranslation('views')
  const [search, setSearch] = usePageSearch<Search>()
  const [now, setNow] = useState(Date.now)
  const [settled, setSettled] = useState<Range>()
  const spansBefore = useRef<RangeSearch[]>([])
  const { loads } = paths
  const dataPath = pathOf(paths.dataPath, id)
  const chosen = useMemo(() => chosenOf(list.items, search.series, loads), [list.items, search.series, loads])
  const own = useMemo(() => ({ name: title, dataPath, series: chosen }), [title, dataPath, chosen])
  const compared = useMemo(() => comparedOf(search.with, id).slice(0, mostSeries - chosen.length), [search.with, id, chosen])
  const others = useCompared(compared, paths, resource)
  if (list.lastAt === null) return <EmptyState title={t('noPoints')} why={t('noPointsWhy')} />

  const asked: RangeSearch = search.last || search.from ? search : usualSearch(Date.parse(list.lastAt), now)
  const range = rangeOf(asked, now, { start: now - 24 * hour, end: now })
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
  const shared = { range, timeZone: list.timeZone }
  return (
    <>
      <Group align="flex-end" gap="sm">
        <MultiSelect
          label={t('series')}
          data={list.items.map((each) => ({ value: each.sensorId, label: nameOf(each) }))}
          value={chosen.map(({ sensorId }) => sensorId)}
          onChange={(ids) => setSearch({ series: ids.length === 0 ? undefined : ids.join(',') })}
          searchable
          maxValues={mostSeries - compared.length}
          maw={640}
        />
        <Switch
          label={t('before')}
          checked={search.before === '1'}
          onChange={(event) => setSearch({ before: event.currentTarget.checked ? '1' : undefined })}
        />
        <RawCsv {...shared} dataPath={dataPath} title={title} ids={chosen.map(({ sensorId }) => sensorId)} />
      </Group>
      <CompareSelect
        {...{ paths, resource, compared }}
        ownId={id}
        sources={others.sources}
        isFull={chosen.length + compared.length >= mostSeries}
        onChange={(to) => setSearch({ with: comparedText(to) })}
      />
      <ProblemAlert error={others.error} />
      <RangeControl
        search={asked}
        range={range}
        timeZone={list.timeZone}
        onChange={change}
        onBack={spansBefore.current.length > 0 ? onBack : undefined}
      />
      <SeriesPictures
        {...shared}
        own={own}
        others={others.sources}
        withBefore={search.before === '1'}
        livePath={isLast(asked.last) && paths.livePath !== null ? pathOf(paths.livePath, id) : null}
        onSettled={setSettled}
        onRefresh={() => setNow(Date.now())}
        onZoom={onZoom}
        onBack={onBack}
      />
      <SeriesAnalysis
        {...shared}
        dataPath={dataPath}
        series={list.items}
        chosen={search.of ?? chosen[0]?.sensorId}
        loads={loads}
        // The picture comes first: both are work for the same database.
        isNext={settled?.start === range.start && settled.end === range.end}
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
  const named = items.filter(({ sensorId }) => ids.has(sensorId)).slice(0, mostSeries)
  if (named.length > 0) return named
  const isLoad = ({ pointType }: NamedSeries) => loads.includes(pointType)
  return [...items.filter(isLoad), ...items.filter((each) => !isLoad(each))].slice(0, shownAtFirst)
}
