import type { Audience, Route } from '../http/route.ts'
import type { ResourceDefinition } from '../resources/resource.ts'

/** Words for people: English, or by language (`{ en: 'Buildings', de: 'Gebäude' }`). English stands in for what is missing. */
export type Words = string | ({ readonly en: string } & Readonly<Record<string, string>>)

/** Pictures beside a view's name. */
export const viewIcons = ['dashboard', 'building', 'sensor', 'table', 'chart', 'box', 'book', 'people', 'truck', 'money'] as const
export type ViewIcon = (typeof viewIcons)[number]

/**
 * A page that the portal makes of a declaration, for those whose permissions reach what it shows.
 *
 * @example
 * defineSystem({ …, resources: [books], views: [{ kind: 'resource', name: 'books', title: 'Books', resource: books }] })
 */
export type ViewDefinition = DashboardView | ResourceView | SeriesView

interface AnyView {
  /** In the page's address: lower-case letters, digits and `-`; once in a system. */
  readonly name: string
  readonly title: Words
  readonly icon?: ViewIcon
}

/** Numbers at a glance: `stats` of the system, bars of limits, days of meters. */
export interface DashboardView extends AnyView {
  readonly kind: 'dashboard'
  /** Names from what the system's `stats` answers. */
  readonly stats?: readonly NamedWords[]
  /** Limits of the plan, each a bar: how much of it is used. */
  readonly limits?: readonly NamedWords[]
  /** Metered limits, each charted day by day; shown to those who may see usage. */
  readonly meters?: readonly NamedWords[]
}

export interface NamedWords {
  readonly name: string
  readonly title: Words
}

interface OfResource {
  // biome-ignore lint/suspicious/noExplicitAny: fields differ by resource
  readonly resource: ResourceDefinition<any>
  /** What fields are called; default from their names: `timeZone` is "Time zone". */
  readonly titles?: Readonly<Record<string, Words>>
  /** Fields in the table, in this order. Default: all of them, then when it was made. */
  readonly columns?: readonly string[]
}

/** A table of a resource, with search, filters and sorts as it declares them, and forms to make, change and delete. */
export interface ResourceView extends AnyView, OfResource {
  readonly kind: 'resource'
}

/**
 * Objects with points: a table of the resource, and a page of each object with charts. The routes have `{id}` in their path and
 * answer as those of BMS do: `series` what there is and since when, `data` its points (`start`, `end`, `sensor_id`, and `points` or
 * `window` with `aggregate`), `live` server-sent events `points`, `stored` and `reset`.
 */
export interface SeriesView extends AnyView, OfResource {
  readonly kind: 'series'
  readonly series: Route
  readonly data: Route
  readonly live?: Route
  /** Called by the point type, whose base load is told beside its peak. Default: of none. */
  readonly loads?: readonly string[]
}

/** Whom the routes let through without which the page would be empty. */
export function audiencesOfView(view: ViewDefinition): readonly Audience[] {
  if (view.kind === 'dashboard') return ['tenant:read']
  const listed: Audience = `${view.resource.system}.${view.resource.plural}:read`
  return view.kind === 'resource' ? [listed] : [listed, view.series.permission, view.data.permission]
}
