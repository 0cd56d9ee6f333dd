import ipaddr from 'ipaddr.js'
import { problems } from '../problems/catalogue.ts'

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]
type Reading = { readonly range: Range } | { readonly mistake: string }

/** Bits by which an IPv4 address is written as an IPv6 one: `::ffff:10.0.0.0/104` is `10.0.0.0/8`. */
const mappedBits = 96

/**
 * A CIDR range, or one address, in its one normal form; an IPv4 range in IPv6 dress is told as what it is. What looks like a
 * slip of the pen is no range: a list that lets in others than were meant is worse than none.
 *
 * @example
 * canonicalRange('::ffff:10.0.0.0/104')  // '10.0.0.0/8'
 * canonicalRange('10.0.0.1')             // '10.0.0.1/32'
 * canonicalRange('10.0.0.1/8')           // undefined
 */
export function canonicalRange(text: string): string | undefined {
  const reading = read(text)
  return 'range' in reading ? textOf(reading.range) : undefined
}

/** Each once, in the order given. @throws invalid_request for what is no range */
export function canonicalRanges(texts: readonly string[]): string[] {
  const ranges = texts.map((text) => {
    const reading = read(text)
    if ('range' in reading) return textOf(reading.range)
    throw problems.invalid_request(reading.mistake)
  })
  return [...new Set(ranges)]
}

/** What is wrong with a text that is no range, and what may have been meant. Undefined for a right one. */
export function mistakeInRange(text: string): string | undefined {
  const reading = read(text)
  return 'mistake' in reading ? reading.mistake : undefined
}

const parsed = new WeakMap<readonly string[], readonly Range[]>()

/** Whether one of the ranges, each in its normal form, has the address. The list is read once: it is never changed, but replaced. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  let list = parsed.get(ranges)
  if (list === undefined) {
    list = ranges.flatMap((text) => {
      const reading = read(text)
      return 'range' in reading ? [reading.range] : []
    })
    parsed.set(ranges, list)
  }
  if (!ipaddr.isValid(address)) return false
  const asked = ipaddr.process(address)
  return list.some(([base, bits]) => base.kind() === asked.kind() && asked.match(base as ipaddr.IPv4, bits))
}

function read(text: string): Reading {
  const [, host = '', bitsText] = /^([0-9a-f.:]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/i.exec(text) ?? []
  const address = addressOf(host)
  if (address === undefined) return { mistake: 'Must be an address or a CIDR range, such as 203.0.113.0/24 or 2001:db8::/32.' }
  const width = address.kind() === 'ipv4' ? 32 : 128
  const bits = bitsText === undefined ? width : Number(bitsText)
  if (bits > width) return { mistake: `The part after the slash is at most ${width} here.` }
  const range = plain(address, bits)
  const base = networkOf(range)
  if (base[0].toString() !== range[0].toString()) {
    return { mistake: `${text} is an address within a range; write ${textOf(base)} if the range is meant.` }
  }
  return { range }
}

/** Four whole numbers, or IPv6 without a zone: shorter and octal spellings of IPv4 mean another address than one reads. */
function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text))
    return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined
}

function plain(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): Range {
  if (address.kind() === 'ipv4' || bits < mappedBits) return [address, bits]
  const v6 = address as ipaddr.IPv6
  return v6.isIPv4MappedAddress() ? [v6.toIPv4Address(), bits - mappedBits] : [address, bits]
}

function networkOf([address, bits]: Range): Range {
  const cidr = `${address.toString()}/${bits}`
  const network = address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr)
  return [network, bits]
}

function textOf([address, bits]: Range): string {
  return `${address.toString()}/${bits}`
}
