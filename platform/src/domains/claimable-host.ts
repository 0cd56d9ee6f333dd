import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { getPublicSuffix } from 'tldts'
import { problems } from '../problems/catalogue.ts'

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Names that no public DNS gives to anybody (RFC 6761, RFC 6762, RFC 8375); `.invalid` is for trials, see `createDnsLook`. */
const special = /(^|\.)(localhost|local|test|example|onion|internal|arpa)$/

/**
 * The name of a domain as DNS has it: lower case, in ASCII, without a trailing dot.
 *
 * @throws domain_refused for what is no domain of somebody's: addresses, wildcards, public suffixes, names below the platform's own
 * @example
 * claimableHost('Größe.Example.COM.', 'tenantry.app') // 'xn--gre-6ka8i.example.com'
 */
export function claimableHost(text: string, baseDomain: string): string {
  // Of an address with a path Node.js would keep the host alone, which is not what was meant.
  const host = /[/:?#@\\\s]/.test(text.trim()) ? '' : domainToASCII(text.trim().replace(/\.$/, ''))
  const labels = host.split('.')
  if (isIP(host) !== 0 || host.length > 253 || labels.length < 2 || !labels.every((part) => label.test(part)))
    throw problems.domain_refused('That is not the name of a domain; write it like cloud.example.com.')
  if (host === baseDomain || host.endsWith(`.${baseDomain}`))
    throw problems.domain_refused("Names below the platform's own domain are given by slug.")
  if (special.test(host) || getPublicSuffix(host, { allowPrivateDomains: true }) === host)
    throw problems.domain_refused('This name belongs to nobody, or to a registry.')
  return host
}
