import ipaddr from 'ipaddr.js'
import type { Option } from './option.ts'
import { options } from './options.ts'

type Options = typeof options
export type OptionName = keyof Options
type ValueOf<O> = O extends Option<infer T> ? T : never

/** All options with their values, checked and frozen. */
export type Configuration = { readonly [Name in OptionName]: ValueOf<Options[Name]> }

/** Tells every mistake at once, in words for the person who starts the server. */
export class ConfigurationError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(['The configuration cannot be used:', ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'))
    this.name = 'ConfigurationError'
    this.mistakes = mistakes
  }
}

/**
 * Reads the configuration from flags and the environment; a flag wins. Unknown `TENANTRY_…` names are mistakes, because a
 * misspelt option would otherwise silently keep its default.
 *
 * @throws ConfigurationError with every mistake found.
 * @example
 * const configuration = readConfiguration(process.env, { port: '0' })
 */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Partial<Record<OptionName, string>>> = {},
): Configuration {
  const mistakes: string[] = unknownNames(environment)
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(options) as [OptionName, Option<unknown>][]) {
    const flag = flags[name]
    const given = flag ?? environment[option.environment]
    try {
      values[name] = given === undefined || (given === '' && flag === undefined) ? option.fallback : option.parse(given)
    } catch (error) {
      mistakes.push(`${flag === undefined ? option.environment : `--${option.flag}`} ${(error as Error).message}`)
    }
  }
  if (mistakes.length === 0) mistakes.push(...contradictions(values as Configuration))
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
  return Object.freeze(values) as Configuration
}

/** Names of the same family that other parts read: tests and scripts. */
const elsewhere = /^TENANTRY_(TEST|CI|DEV)_/

function unknownNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(options).map((option) => option.environment))
  return Object.keys(environment)
    .filter((name) => name.startsWith('TENANTRY_') && !known.has(name) && !elsewhere.test(name))
    .map((name) => `${name} is not an option; see docs/configuration.md`)
}

/** PostgreSQL connections beyond which one process crowds out its neighbours. */
const mostConnections = 20

/** Slow connections where the machine decides, at most. */
const mostSlow = 3

function contradictions(configuration: Configuration): string[] {
  const mistakes: string[] = []
  const { readConnections, writeConnections, slowConnections, interactiveConnections } = configuration
  const slow = slowConnections === 0 ? mostSlow : slowConnections
  const connections = readConnections + writeConnections + slow + interactiveConnections
  if (connections > mostConnections) mistakes.push(`the lanes add up to ${connections} connections; at most ${mostConnections}`)
  if (configuration.headersTimeout > configuration.requestTimeout) {
    mistakes.push('TENANTRY_HEADERS_TIMEOUT must not be longer than TENANTRY_REQUEST_TIMEOUT')
  }
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(configuration.baseDomain)) {
    mistakes.push('TENANTRY_BASE_DOMAIN must be a lower-case domain name without port, such as example.com')
  }
  for (const proxy of configuration.trustedProxies) {
    if (!ipaddr.isValidCIDR(proxy) && !ipaddr.isValid(proxy)) {
      mistakes.push(`TENANTRY_TRUSTED_PROXIES: ${proxy} is neither an address nor a CIDR range`)
    } else if (/\/0$/.test(proxy)) {
      mistakes.push('TENANTRY_TRUSTED_PROXIES must not trust every address there is')
    }
  }
  for (const place of configuration.outboundAllowed) {
    if (!ipaddr.isValidCIDR(place) && !ipaddr.isValid(place) && !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(place)) {
      mistakes.push(`TENANTRY_OUTBOUND_ALLOWED: ${place} is neither an address, a CIDR range nor a host name`)
    } else if (/\/0$/.test(place)) {
      mistakes.push('TENANTRY_OUTBOUND_ALLOWED must not allow every address there is')
    }
  }
  return mistakes
}
