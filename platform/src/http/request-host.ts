import { isIPv4, isIPv6 } from 'node:net'

/** The host a request was sent to: lower case, without trailing dot or port. */
export interface RequestHost {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly name: string
  /** Undefined when the request named none: the scheme's own. */
  readonly port: number | undefined
}

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/
const digits = /^[0-9]{1,5}$/
const longestName = 253

/** Headers that were read already. */
const read = new Map<string, RequestHost>()
const mostRead = 1_000

/**
 * Reads a `Host` header. Anything but a plain name or address with an optional port is refused (undefined), user info, paths,
 * percent signs and several hosts included: what two programs may read differently is not a host.
 *
 * @example
 * parseHost('Acme.Example.com.:8080') // { name: 'acme.example.com', port: 8080 }
 */
export function parseHost(header: string | undefined): RequestHost | undefined {
  if (!header || header.length > longestName + 7) return undefined
  const before = read.get(header)
  if (before !== undefined) return before
  const host = readHost(header)
  if (host === undefined) return undefined
  // Whoever makes names up empties it, which costs the others one more reading.
  if (read.size >= mostRead) read.clear()
  read.set(header, host)
  return host
}

function readHost(header: string): RequestHost | undefined {
  const bracket = header.startsWith('[') ? header.indexOf(']') : -1
  if (bracket > 0) {
    const port = parsePort(header.slice(bracket + 1))
    const name = header.slice(1, bracket).toLowerCase()
    return port !== null && isIPv6(name) && !name.includes('%') ? { name, port } : undefined
  }
  const colon = header.indexOf(':')
  const port = parsePort(colon === -1 ? '' : header.slice(colon))
  if (port === null) return undefined
  const name = withoutTrailingDot((colon === -1 ? header : header.slice(0, colon)).toLowerCase())
  return isName(name) ? { name, port } : undefined
}

function isName(name: string): boolean {
  if (name.length === 0 || name.length > longestName) return false
  const labels = name.split('.')
  // A last label of digits makes it an IPv4 address to some programs (`127.1`, `0x7f.1`), so it has to be a real one.
  if (/^(0x[0-9a-f]*|[0-9]+)$/.test(labels.at(-1) ?? '')) return isIPv4(name)
  return labels.every((part) => label.test(part))
}

function withoutTrailingDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** Null for something that is no port. */
function parsePort(text: string): number | undefined | null {
  if (text === '') return undefined
  const number = text.slice(1)
  if (text[0] !== ':' || !digits.test(number)) return null
  const port = Number(number)
  return port >= 1 && port <= 65_535 ? port : null
}
