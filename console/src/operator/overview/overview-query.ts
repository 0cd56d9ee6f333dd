import { queryOptions } from '@tanstack/react-query'
import type { paths } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Overview = paths['/v1/operations/overview']['get']['responses']['200']['content']['application/json']

/** Milliseconds. */
const askAgain = 10_000

export const readOverview = async (olderThan: number) =>
  (await api.GET('/v1/operations/overview', { params: { query: { olderThan } } })).data

export const overviewQuery = queryOptions({ queryKey: ['overview'], queryFn: () => readOverview(900), refetchInterval: askAgain })

/** What every tenant has, whatever its system: the rest is the system's own. */
const general = new Set(['members', 'openInvitations', 'keys', 'activeToday', 'deliveriesWaiting', 'deliveriesFailed'])

export const ownNumbers = (numbers: Readonly<Record<string, number>>) =>
  Object.entries(numbers).filter(([name]) => !general.has(name))

/** Over all systems. */
export function totalOf({ systems }: Overview, name: string): number {
  return systems.reduce((sum, { numbers }) => sum + (numbers[name] ?? 0), 0)
}

/** Names of what the systems count, of each system the few before the many; a table has no room for more of them. */
export function countedNames({ systems }: Overview, most = 3): string[] {
  const names = systems
    .toSorted((one, other) => other.tenants - one.tenants)
    .flatMap(({ numbers }) => ownNumbers(numbers).toSorted(([, one], [, other]) => one - other))
  return [...new Set(names.map(([name]) => name))].slice(0, most)
}
