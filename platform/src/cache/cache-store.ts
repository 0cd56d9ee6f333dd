/** Where cached text lies. It may forget at any time, fail or be old: what is still right is not decided here. */
export interface CacheStore {
  /** Undefined for what it does not have, or could not ask for in time. Never rejects. */
  get(tenantId: string, key: string): string | undefined | Promise<string | undefined>
  /** Within the tenant's budget of bytes: what was kept longest goes first, and only of this tenant. Never rejects. */
  set(tenantId: string, key: string, text: string, seconds: number): void | Promise<void>
  /** All that it has of a tenant, for the attack. */
  textsOf(tenantId: string): Promise<readonly string[]>
  close(): void
}
