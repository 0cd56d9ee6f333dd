import { useQueries, useQuery } from '@tanstack/react-query'
import { planVersionsQuery, systemsQuery } from '../tenants/systems.ts'

/** What the plans of one system, or of all, are called, and what they speak of. */
export function usePlanNames(system?: string) {
  const systems = useQuery({ ...systemsQuery, enabled: system === undefined })
  const names = system === undefined ? (systems.data?.map(({ name }) => name) ?? []) : [system]
  const found = useQueries({ queries: names.map(planVersionsQuery) }).flatMap(({ data }) => (data ? [data] : []))
  const plans = found.flatMap((each) => each.plans)
  const contents = [...plans, ...found.flatMap((each) => each.addOns)].map(({ content }) => content)
  const sorted = (all: readonly string[]) => [...new Set(all)].sort()
  return {
    /** The title of each is that of its newest version. */
    plans: [...new Map(plans.map(({ key, content }) => [key, content.title ?? key] as const).reverse())],
    names: {
      limit: sorted(contents.flatMap(({ limits }) => Object.keys(limits))),
      feature: sorted(contents.flatMap(({ features }) => features)),
      value: sorted(plans.flatMap(({ content }) => Object.keys(content.values))),
    },
  }
}
