import type { Change } from '../directory/change-reader.ts'

/** What operators' pages are about. */
export const changeKinds = ['tenants', 'health', 'bulk', 'access', 'operators', 'jobs', 'isolation', 'nodes'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Something of the kind changed. `ids` are tenants' for `tenants` and `health`; null where it is not known which, or too many. */
export interface Hint {
  readonly kind: ChangeKind
  readonly ids: readonly string[] | null
}

type IdOf = (change: Change) => string | undefined
const tenant: IdOf = ({ tenantId }) => tenantId
const object: IdOf = ({ objectId }) => objectId
const unknown: IdOf = () => undefined

/** Tables that the directory stamps, and whose change an operator sees somewhere. */
const told: ReadonlyMap<string, readonly [ChangeKind, IdOf]> = new Map([
  ['tenantry.tenants', ['tenants', tenant]],
  ['tenantry.limits', ['tenants', tenant]],
  ['tenantry.overrides', ['tenants', tenant]],
  ['tenantry.held_add_ons', ['tenants', tenant]],
  ['tenantry.hosts', ['tenants', tenant]],
  ['tenantry.tenant_health', ['health', tenant]],
  ['tenantry.bulk_operations', ['bulk', object]],
  // A result is stamped with its tenant, and which operation it is of is not asked.
  ['tenantry.bulk_results', ['bulk', unknown]],
  ['tenantry.operator_access', ['access', object]],
  // An access is over when its family of tokens is.
  ['tenantry.refresh_families', ['access', object]],
  ['tenantry.operators', ['operators', object]],
  ['tenantry.operator_keys', ['operators', unknown]],
  ['tenantry_jobs.job_common', ['jobs', object]],
  ['tenantry.attack_reports', ['isolation', object]],
  ['tenantry.nodes', ['nodes', object]],
] as const)

/** Beyond that whoever listens asks for all he shows. */
const mostIds = 100

/** What is to be told of changes, each kind once. */
export class GatheredHints {
  readonly #ids = new Map<ChangeKind, Set<string> | null>()

  get isEmpty(): boolean {
    return this.#ids.size === 0
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      const [kind, idOf] = told.get(change.kind) ?? []
      if (kind === undefined || idOf === undefined) continue
      const id = idOf(change)
      const ids = this.#ids.get(kind)
      if (ids === null) continue
      if (id === undefined || (ids?.size ?? 0) >= mostIds) this.#ids.set(kind, null)
      else this.#ids.set(kind, (ids ?? new Set()).add(id))
    }
  }

  /** All of it; afterwards there is nothing. */
  take(): Hint[] {
    const hints = [...this.#ids].map(([kind, ids]) => ({ kind, ids: ids === null ? null : [...ids] }))
    this.#ids.clear()
    return hints
  }
}
