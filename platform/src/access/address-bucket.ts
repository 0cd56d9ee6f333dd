import ipaddr from 'ipaddr.js'

/**
 * Whose bucket an address takes from. Whoever has one address of IPv6 has a network of 64 bits of them: they count as one.
 *
 * @example
 * bucketOfAddress('2001:db8:1:2::7')  // '2001:db8:1:2'
 */
export function bucketOfAddress(address: string): string {
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return address
  return ipaddr.IPv6.parse(address)
    .parts.slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')
}
