import ipaddr from 'ipaddr.js'

/** What an operator allowed beyond public addresses and https. */
export interface AllowedPlaces {
  /** By the address that a connection would go to, or by the name that was asked for. */
  includes(host: string, address: string): boolean
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** @param items addresses, CIDR ranges and host names, as `TENANTRY_OUTBOUND_ALLOWED` has them */
export function allowedPlaces(items: readonly string[]): AllowedPlaces {
  const ranges: Range[] = []
  const names = new Set<string>()
  for (const item of items) {
    if (ipaddr.isValidCIDR(item)) ranges.push(ipaddr.parseCIDR(item))
    else if (ipaddr.isValid(item)) ranges.push(rangeOf(ipaddr.process(item)))
    else names.add(item.toLowerCase())
  }
  return {
    includes(host, text) {
      if (names.has(host)) return true
      const address = ipaddr.process(text)
      return ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base as ipaddr.IPv4, bits))
    },
  }
}

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): Range {
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/**
 * Whether the address is anybody's on the public internet. Not loopback, private, link-local (where clouds keep their
 * metadata), multicast or reserved; and no IPv6 form that only wraps another address (mapped, NAT64, 6to4, Teredo).
 */
export function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(globalUnicast)
}
