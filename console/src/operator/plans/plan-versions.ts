import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { planVersionsQuery } from '../tenants/systems.ts'

export type PlanVersion = components['schemas']['PlanVersion']
export type AddOnVersion = components['schemas']['AddOnVersion']
export type Offer = PlanVersion | AddOnVersion

/** Every version of the plans and add-ons of a system, the newest first. */
export function useOffers(system: string) {
  const { data, error } = useQuery({ ...planVersionsQuery(system), enabled: system !== '' })
  return { offers: data === undefined ? undefined : ([...data.plans, ...data.addOns] as readonly Offer[]), error }
}

/** The newest of each plan and add-on. */
export function newestOf(offers: readonly Offer[]): Offer[] {
  return [...Map.groupBy(offers, ({ kind, key }) => `${kind} ${key}`).values()].flatMap(([newest]) => newest ?? [])
}
