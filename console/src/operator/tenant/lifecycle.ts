import { api } from '../../api/api.ts'
import type { Tenant } from './tenant-query.ts'

export const lifecycleActs = ['suspend', 'resume', 'hold', 'release', 'archive', 'restore', 'erase'] as const
export type LifecycleAct = (typeof lifecycleActs)[number]

/** Before these the name is typed: people cannot work any more, or something goes for good. */
export const typed: ReadonlySet<LifecycleAct> = new Set(['suspend', 'archive', 'erase'])

const from: Readonly<Record<LifecycleAct, readonly Tenant['status'][]>> = {
  suspend: ['active', 'suspended'],
  resume: ['suspended'],
  archive: ['active', 'suspended'],
  restore: ['archived', 'deleted'],
  erase: ['provisioning', 'active', 'suspended', 'archived'],
  hold: ['provisioning', 'active', 'suspended', 'archived', 'deleted'],
  release: ['provisioning', 'active', 'suspended', 'archived', 'deleted'],
}

/** Why it cannot be done now; undefined where it can. The server judges again. */
export function actsOn({ status, legalHold }: Tenant, act: LifecycleAct): 'held' | 'notHeld' | 'state' | undefined {
  if (act === 'hold' && legalHold) return 'held'
  if (act === 'release' && !legalHold) return 'notHeld'
  if (act === 'erase' && legalHold) return 'held'
  return from[act].includes(status) ? undefined : 'state'
}

export interface Order {
  readonly reason: string
  readonly mode?: 'blocked' | 'read_only'
}

export function orderAct(tenantId: string, act: LifecycleAct, body: Order) {
  const params = { path: { tenantId } }
  if (act === 'suspend') return api.POST('/v1/tenants/{tenantId}/suspend', { params, body })
  return api.POST(`/v1/tenants/{tenantId}/${act}`, { params, body: { reason: body.reason } })
}
