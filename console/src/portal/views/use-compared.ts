import { queryOptions, useQueries } from '@tanstack/react-query'
import type { Compared } from './compared.ts'
import { readObject } from './object-api.ts'
import { type NamedSeries, pathOf, readSeriesList, type Source } from './points-query.ts'
import type { ViewResource, ViewSeries } from './views-query.ts'

/** All that is measured in an object, under its name. */
export function measuredQuery(paths: ViewSeries, resource: ViewResource, id: string) {
  return queryOptions({
    queryKey: ['measured', resource.path, id],
    queryFn: async (): Promise<Source> => {
      const [object, list] = await Promise.all([readObject(resource.path, id), readSeriesList(paths, id)])
      return { name: String(object[resource.label] ?? id), dataPath: pathOf(paths.dataPath, id), series: list.items }
    },
    staleTime: 60_000,
  })
}

/** Where the compared series are and what they are called; of what the visitor may not see, the refusal. */
export function useCompared(compared: readonly Compared[], paths: ViewSeries, resource: ViewResource) {
  const ids = [...new Set(compared.map(({ objectId }) => objectId))]
  return useQueries({
    queries: ids.map((id) => measuredQuery(paths, resource, id)),
    combine: (results) => ({
      sources: results.flatMap(({ data }, place) => (data === undefined ? [] : [of(data, ids[place], compared)])),
      error: results.find(({ error }) => error !== null)?.error,
    }),
  })
}

function of({ series, ...source }: Source, id: string | undefined, compared: readonly Compared[]): Source {
  const isWanted = ({ sensorId }: NamedSeries) =>
    compared.some(({ objectId, seriesId }) => objectId === id && seriesId === sensorId)
  return { ...source, series: series.filter(isWanted) }
}
