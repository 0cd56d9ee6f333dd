import type { TenantEntry, TenantStatus } from '../directory/entries.ts'

/** What an operator does to a tenant, from which states, and where it leads. */
export interface Transition {
  readonly from: readonly TenantStatus[]
  readonly to: TenantStatus
  /** Last word of the event: `platform.tenant.suspended`. */
  readonly event: string
}

/**
 * provisioning -> active <-> suspended; both -> archived -> active; any of them -> deleted, which can be restored until
 * the grace period is over and its rows are erased.
 */
export const transitions = {
  activate: { from: ['provisioning'], to: 'active', event: 'activated' },
  /** From `suspended` too: the mode may change. */
  suspend: { from: ['active', 'suspended'], to: 'suspended', event: 'suspended' },
  resume: { from: ['suspended'], to: 'active', event: 'resumed' },
  archive: { from: ['active', 'suspended'], to: 'archived', event: 'archived' },
  restore: { from: ['archived', 'deleted'], to: 'active', event: 'restored' },
  erase: { from: ['provisioning', 'active', 'suspended', 'archived'], to: 'deleted', event: 'deleted' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof transitions
export type SuspensionMode = NonNullable<TenantEntry['suspension']>

/** What can be done from a state: the `allowed` of a refusal. */
export function allowedFrom(status: TenantStatus): TransitionName[] {
  return (Object.keys(transitions) as TransitionName[]).filter((name) =>
    (transitions[name].from as readonly TenantStatus[]).includes(status),
  )
}

/** Days between the order to erase and the erasure, in which the tenant can be restored. */
export const graceDays = 30
