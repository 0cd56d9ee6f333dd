import { LRUCache } from 'lru-cache'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SettingDefinition } from '../settings/setting.ts'
import type { SettingService } from '../settings/settings.ts'
import { KeyNetworks } from './key-networks.ts'
import { suspicionSettings } from './suspicion-settings.ts'

/**
 * Notes what alone is nothing, and tells the tenant (`security.suspicious`) when it comes in bursts. Each node counts for itself, in
 * bounded memory; no request waits for it.
 */
export interface SuspicionService {
  failedSignIn(tenantId: string): void
  /** A credential of the tenant was used on another tenant, or a write named another one. */
  refusedTenant(tenantId: string): void
  exported(tenantId: string, actorId: string): void
  keyUsed(tenantId: string, keyId: string, address: string): void
  /** Writes what is not written yet. */
  close(): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly suspicion: SuspicionService
  }
}

export interface SuspicionOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly settings: SettingService
  readonly onFailure: (error: unknown) => void
}

const windowMilliseconds = 15 * 60_000
/** Bursts watched at a time; beyond that the oldest is forgotten. */
const mostWindows = 10_000
/** Who tells, in the audit's words. */
export const watcher = { kind: 'system', id: '018f0000-0000-7000-8000-000000005ec0' } as const

/** Begins with the first of a burst, and is over a quarter of an hour later. */
interface Window {
  count: number
  isTold: boolean
  /** Looked up once, when the first comes. */
  readonly threshold: Promise<number | null>
}

export function createSuspicionService({ scope, settings, onFailure }: SuspicionOptions): SuspicionService {
  const windows = new LRUCache<string, Window>({ max: mostWindows, ttl: windowMilliseconds })
  const networks = new KeyNetworks({ scope, onFailure })
  const inside = (tenantId: string) => scope({ tenantId, actor: watcher })

  function note(tenantId: string, kind: string, objectId: string, definition: SettingDefinition<number>): void {
    const key = `${tenantId} ${kind} ${objectId}`
    let window = windows.get(key)
    if (window === undefined) {
      window = { count: 0, isTold: false, threshold: settings.get(inside(tenantId), definition) }
      windows.set(key, window)
    }
    window.count++
    judge(window, tenantId, kind, objectId).catch(onFailure)
  }

  async function judge(window: Window, tenantId: string, kind: string, objectId: string): Promise<void> {
    const threshold = await window.threshold
    if (threshold === null || window.isTold || window.count < threshold) return
    window.isTold = true
    const data = JSON.stringify({ kind, count: window.count })
    await inside(tenantId).run(sql`select tenantry.emit('security.suspicious', ${objectId}::uuid, ${data}::jsonb)`, {
      lane: 'write',
    })
  }

  return {
    failedSignIn: (tenantId) => note(tenantId, 'failed_sign_ins', tenantId, suspicionSettings.failedSignIns),
    refusedTenant: (tenantId) => note(tenantId, 'refused_tenants', tenantId, suspicionSettings.refusedTenants),
    exported: (tenantId, actorId) => note(tenantId, 'exports', actorId, suspicionSettings.exports),
    keyUsed: (tenantId, keyId, address) => networks.note(tenantId, keyId, address),
    close: () => networks.close(),
  }
}
