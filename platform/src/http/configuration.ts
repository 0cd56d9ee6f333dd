import type { TrustedProxies } from './client-address.ts'

/** What the HTTP layer may be told; times in milliseconds, sizes in bytes. */
export interface HttpConfiguration {
  readonly trustedProxies: TrustedProxies
  /** Largest body after inflation, for routes that name none. */
  readonly bodyLimit: number
  /** Nesting of arrays and objects in a body. */
  readonly jsonDepth: number
  readonly uriLength: number
  readonly headerSize: number
  readonly headerCount: number
  /** From the connection's first byte to the end of the headers. */
  readonly headersTimeout: number
  /** From the connection's first byte to the end of the body. */
  readonly requestTimeout: number
  readonly keepAliveTimeout: number
  /** How long an answer waits for a reader who takes nothing of it. */
  readonly stallTimeout: number
  /** How long a stop waits for answers in flight before it ends them. */
  readonly stopTimeout: number
}

export const httpDefaults: HttpConfiguration = {
  trustedProxies: { ranges: [], hops: 1 },
  bodyLimit: 1024 * 1024,
  jsonDepth: 32,
  uriLength: 8192,
  headerSize: 16 * 1024,
  headerCount: 100,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  stallTimeout: 15_000,
  stopTimeout: 10_000,
}
