import { isIP } from 'node:net'
import { type AllowedPlaces, isPublic } from './allowed-places.ts'
import { OutboundFailure } from './outbound-failure.ts'
import type { ResolveName } from './resolve-name.ts'

/** Where a request may go: the address is decided here, and nobody looks the name up a second time. */
export interface Destination {
  readonly url: URL
  readonly addresses: readonly string[]
}

export interface OutboundRules {
  readonly allowed: AllowedPlaces
  readonly resolve: ResolveName
}

/**
 * Judges every address of the name. One that is refused refuses the name: who mixes public and private ones means no good.
 *
 * @throws OutboundFailure address_refused, name_unknown
 */
export async function destinationOf(text: string, rules: OutboundRules, signal: AbortSignal): Promise<Destination> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new OutboundFailure('address_refused')
  }
  // The URL parser has read every other way of writing an address: 0x7f.1, 2130706433, ①②⑦.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return { url, addresses: await addressesOf(host, url.protocol === 'https:', rules, signal) }
}

/**
 * The addresses of a host where a connection may go, whatever is spoken there: unencrypted only where an operator allowed it.
 *
 * @throws OutboundFailure address_refused, name_unknown
 */
export async function addressesOf(
  host: string,
  encrypted: boolean,
  { allowed, resolve }: OutboundRules,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host, signal) : [host]
  const fits = (address: string) => isIP(address) !== 0 && (allowed.includes(host, address) || (encrypted && isPublic(address)))
  if (addresses.length === 0 || !addresses.every(fits)) throw new OutboundFailure('address_refused')
  return addresses
}
