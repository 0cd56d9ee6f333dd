import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'
import { locale } from '../../i18n/i18n.ts'

export type View = components['schemas']['View']
export type ViewResource = components['schemas']['ViewResource']
export type ViewSeries = NonNullable<View['series']>
export type ViewField = components['schemas']['ViewField']

/** Declarations: they change with a release. */
export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: async () => (await api.GET('/v1/views')).data.items,
  staleTime: 600_000,
})

/** The system's own pages, as far as the visitor may see what is on them. */
export function useViews(): readonly View[] {
  return useSuspenseQuery(viewsQuery).data
}

/** The one that everybody sees first. */
export function firstDashboard(views: readonly View[]): View | undefined {
  return views.find(({ kind }) => kind === 'dashboard')
}

/** Words of a declaration in the visitor's language, or in English. */
export function inWords(words: Readonly<Record<string, string>>): string {
  return words[locale] ?? words.en ?? ''
}
