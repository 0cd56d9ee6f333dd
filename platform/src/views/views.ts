import type { TenantPrincipal } from '../access/principal.ts'
import type { Audience } from '../http/route.ts'
import type { SystemDefinition } from '../system.ts'
import { describeResource, wordsOf } from './describe-resource.ts'
import type { View } from './schemas.ts'
import { audiencesOfView, type NamedWords, type ViewDefinition } from './view.ts'

export interface ViewService {
  /** The pages of a system that somebody's permissions reach, in the order of their declaration. */
  of(system: string, principal: Pick<TenantPrincipal, 'permissions' | 'reach'>): View[]
}

declare module '../http/route.ts' {
  interface Services {
    readonly views: ViewService
  }
}

type SystemWithViews = Pick<SystemDefinition, 'name' | 'views' | 'resources' | 'routes' | 'tiers'>

/** @throws TypeError for a view that could never work: a name twice, a resource, route or limit that its system has not */
export function createViewService({ systems }: { readonly systems: readonly SystemWithViews[] }): ViewService {
  for (const system of systems) checkViews(system)
  const byName = new Map(systems.map((system) => [system.name, system]))
  return {
    of(name, principal) {
      const system = byName.get(name)
      const mine = (system?.views ?? []).filter((view) => audiencesOfView(view).every((audience) => isOf(audience, principal)))
      return mine.map((view) => describeView(view, system?.resources ?? [], principal))
    },
  }
}

const icons = { dashboard: 'dashboard', resource: 'table', series: 'chart' } as const

function describeView(
  view: ViewDefinition,
  resources: NonNullable<SystemDefinition['resources']>,
  principal: Pick<TenantPrincipal, 'permissions' | 'reach'>,
): View {
  const named = (all: readonly NamedWords[] = []) => all.map(({ name, title }) => ({ name, title: wordsOf(title) }))
  const { kind, name, title, icon = icons[kind] } = view
  const head = { kind, name, title: wordsOf(title), icon, dashboard: null, resource: null, series: null }
  if (view.kind === 'dashboard') {
    // The routes behind it refuse others: half a dashboard says more than an error.
    const meters = principal.permissions.has('usage:read') && principal.reach === 'all' ? named(view.meters) : []
    return { ...head, dashboard: { stats: named(view.stats), limits: named(view.limits), meters } }
  }
  const resource = describeResource(view, resources, principal)
  if (view.kind === 'resource') return { ...head, resource }
  const live = view.live !== undefined && isOf(view.live.permission, principal) ? view.live.path : null
  const series = { seriesPath: view.series.path, dataPath: view.data.path, livePath: live, loads: [...(view.loads ?? [])] }
  return { ...head, resource, series }
}

function isOf(audience: Audience, { permissions }: Pick<TenantPrincipal, 'permissions'>): boolean {
  return audience === 'authenticated' || audience === 'public' || permissions.has(audience)
}

function checkViews({ name: system, views = [], resources = [], routes = [], tiers }: SystemWithViews): void {
  const refuse = (view: ViewDefinition, sentence: string) => new TypeError(`The view "${view.name}" of ${system} ${sentence}.`)
  for (const [place, view] of views.entries()) {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(view.name)) throw refuse(view, 'has a name that is none: lower-case letters, digits and -')
    if (views.findIndex(({ name }) => name === view.name) < place) throw refuse(view, 'is declared twice')
    if (view.kind === 'dashboard') {
      const limits = new Set(Object.values(tiers).flatMap((tier) => Object.keys(tier.limits)))
      const missing = [...(view.limits ?? []), ...(view.meters ?? [])].find(({ name }) => !limits.has(name))
      if (missing !== undefined) throw refuse(view, `shows a limit that no tier has: ${missing.name}`)
      continue
    }
    if (!resources.includes(view.resource)) throw refuse(view, `shows ${view.resource.table}, which is none of its resources`)
    const unknown = view.columns?.find(
      (column) => !(column in view.resource.fields) && column !== 'createdAt' && column !== 'updatedAt',
    )
    if (unknown !== undefined) throw refuse(view, `has a column that ${view.resource.table} has not: ${unknown}`)
    if (view.kind === 'resource') continue
    for (const route of [view.series, view.data, ...(view.live === undefined ? [] : [view.live])]) {
      if (!routes.includes(route) || !route.path.includes('{id}'))
        throw refuse(view, `reads by a route that is none of its own: ${route.path}`)
    }
  }
}
