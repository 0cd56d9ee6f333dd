import type { LimitChange, PlanPreview } from './entitlement.ts'
import type { Resolved } from './resolve.ts'

/** What moving from one set of entitlements to another means for what is there. `used` by name, of what is counted. */
export function difference(
  before: Resolved,
  after: Resolved,
  used: ReadonlyMap<string, number>,
): Omit<PlanPreview, 'plan' | 'version'> {
  const limits = [...new Set([...before.limits, ...after.limits].map(({ name }) => name))].sort()
  const values = [...new Set([...Object.keys(before.values), ...Object.keys(after.values)])].sort()
  return {
    gained: after.features.filter((feature) => !before.features.includes(feature)),
    lost: before.features.filter((feature) => !after.features.includes(feature)),
    limits: limits.map((name) => changeOf(name, before, after, used)),
    values: values
      .map((name) => ({ name, before: before.values[name] ?? null, after: after.values[name] ?? null }))
      .filter((value) => value.before !== value.after),
  }
}

function changeOf(name: string, before: Resolved, after: Resolved, counters: ReadonlyMap<string, number>): LimitChange {
  const max = maxOf(after, name)
  const isCounted = [...after.limits, ...before.limits].find((limit) => limit.name === name)?.kind === 'counted'
  const used = isCounted ? (counters.get(name) ?? 0) : null
  const over = used === null || max === null ? 0 : Math.max(0, used - max)
  return { name, before: maxOf(before, name), after: max, used, over }
}

/** What no rule gives is zero. */
function maxOf({ limits }: Resolved, name: string): number | null {
  const limit = limits.find((candidate) => candidate.name === name)
  return limit === undefined ? 0 : limit.max
}
