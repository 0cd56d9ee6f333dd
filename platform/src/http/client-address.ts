import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'

/** The reverse proxies in front of the server, whose word about a request is taken. */
export interface TrustedProxies {
  /** Addresses or ranges: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
  readonly ranges: readonly string[]
  /** Proxies a request passes. Entries of `X-Forwarded-For` further away than that were written by strangers. */
  readonly hops: number
}

/** What forwarded headers say, when a configured proxy said it. */
export interface Forwarding {
  readonly address: string
  readonly viaProxy: boolean
  /** Whether anybody, trusted or not, says that he passes the request on. */
  readonly wasForwarded: boolean
  readonly host: string | undefined
  readonly scheme: 'http' | 'https' | undefined
  readonly requestId: string | undefined
  /** `X-Tenant-ID`: may only restate the tenant that the host or credential names (BMS-8). */
  readonly restatedTenant: string | undefined
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

const proxyHeaders = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-real-ip',
  'forwarded',
  'x-tenant-id',
  'x-request-id',
] as const

/**
 * Makes the reader of forwarded headers. It also strips them from `headers`, whoever sent them, so that nothing further in
 * can believe them by mistake.
 */
export function createForwardingReader(proxies: TrustedProxies): (peer: string, headers: IncomingHttpHeaders) => Forwarding {
  const ranges = proxies.ranges.map(parseRange)
  return (peer, headers) => {
    const address = plainAddress(peer)
    if (ranges.length === 0 || !isWithin(address, ranges)) {
      const nothing = { host: undefined, scheme: undefined, requestId: undefined, restatedTenant: undefined }
      return { address, viaProxy: false, wasForwarded: strip(headers), ...nothing }
    }
    const scheme = hop(headers['x-forwarded-proto'], proxies.hops)?.toLowerCase()
    const forwarding = {
      address: originalAddress(address, text(headers['x-forwarded-for']), ranges, proxies.hops),
      viaProxy: true,
      host: hop(headers['x-forwarded-host'], proxies.hops),
      scheme: scheme === 'https' || scheme === 'http' ? (scheme as 'https' | 'http') : undefined,
      requestId: text(headers['x-request-id']),
      restatedTenant: text(headers['x-tenant-id']),
    }
    return { ...forwarding, wasForwarded: strip(headers) }
  }
}

/** Walks from the nearest proxy outward: each step must be a configured proxy, and there are at most `hops` of them. */
function originalAddress(peer: string, forwardedFor: string | undefined, ranges: readonly Range[], hops: number): string {
  const entries = forwardedFor ? forwardedFor.split(',') : []
  let address = peer
  for (let step = 0; step < hops && isWithin(address, ranges); step++) {
    const next = entries.pop()?.trim()
    if (!next || !ipaddr.isValid(next)) break
    address = plainAddress(next)
  }
  return address
}

/** The entry that the outermost of our proxies wrote, where each appended its own. */
function hop(header: string | string[] | undefined, hops: number): string | undefined {
  const value = text(header)
  if (value === undefined || !value.includes(',')) return value
  const entries = value.split(',')
  return entries[Math.max(0, entries.length - hops)]?.trim()
}

/** Answers whether there was anything, `Via` included, which nobody here believes or needs. */
function strip(headers: IncomingHttpHeaders): boolean {
  let found = headers.via !== undefined
  for (const name of proxyHeaders) {
    if (headers[name] === undefined) continue
    delete headers[name]
    found = true
  }
  return found
}

function isWithin(address: string, ranges: readonly Range[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  return ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base as ipaddr.IPv4, bits))
}

function parseRange(range: string): Range {
  if (range.includes('/')) return ipaddr.parseCIDR(range)
  const address = ipaddr.process(range)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** `::ffff:127.0.0.1` is `127.0.0.1`. */
function plainAddress(address: string): string {
  if (!address.includes(':')) return address
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
