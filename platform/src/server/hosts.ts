import { isIP } from 'node:net'
import type { Configuration } from '../configuration/configuration.ts'

/** What a request's host stands for. */
export type HostMeaning =
  | { readonly kind: 'tenant'; readonly slug: string }
  /** Perhaps a tenant's own domain: the host table knows. */
  | { readonly kind: 'custom'; readonly host: string }
  /** The credential alone names the tenant. */
  | { readonly kind: 'api' }
  | { readonly kind: 'operators' }
  /** The base domain itself: persons, whatever tenants they belong to. */
  | { readonly kind: 'base' }
  /** What cannot be a tenant's: public pages only. */
  | { readonly kind: 'public' }

const api: HostMeaning = { kind: 'api' }
const operators: HostMeaning = { kind: 'operators' }
const base: HostMeaning = { kind: 'base' }
const nobody: HostMeaning = { kind: 'public' }

/** The hosts of one installation, and the addresses it gives out. */
export class Hosts {
  readonly #base: string
  readonly #suffix: string
  readonly #scheme: string
  #port: string

  constructor(configuration: Pick<Configuration, 'baseDomain' | 'publicScheme' | 'publicPort'>) {
    this.#base = configuration.baseDomain
    this.#suffix = `.${configuration.baseDomain}`
    this.#scheme = configuration.publicScheme
    this.#port = configuration.publicPort === 0 ? '' : `:${configuration.publicPort}`
  }

  /** With no public port configured, plain HTTP is reached on the port that is listened on. */
  listeningOn(port: number): void {
    if (this.#port === '' && this.#scheme === 'http' && port !== 80) this.#port = `:${port}`
  }

  /** `name` is lower case, without port and trailing dot. */
  meaningOf(name: string): HostMeaning {
    if (name === 'localhost' || name === '127.0.0.1' || name === '::1') return api
    if (name.endsWith(this.#suffix)) {
      const label = name.slice(0, -this.#suffix.length)
      if (label === 'api') return api
      if (label === 'dashboard') return operators
      if (label === 'www') return base
      return label.includes('.') ? nobody : { kind: 'tenant', slug: label }
    }
    if (name === this.#base) return base
    return isIP(name) !== 0 ? nobody : { kind: 'custom', host: name }
  }

  /** Whether a token may have been minted at the address: on any host of ours but the operators'. Ports differ between nodes. */
  isIssuer(origin: string): boolean {
    const url = URL.parse(origin)
    if (url === null || url.protocol !== `${this.#scheme}:`) return false
    const { kind } = this.meaningOf(url.hostname.replace(/^\[|\]$/g, ''))
    return kind !== 'operators' && kind !== 'public'
  }

  /** Whether the address is the installation's own, and no tenant's. */
  isPlatforms(origin: string): boolean {
    const { kind } = this.meaningOf(URL.parse(origin)?.hostname.replace(/^\[|\]$/g, '') ?? '')
    return kind === 'api' || kind === 'base' || kind === 'operators'
  }

  /** Whether the host is a tenant's, or would be. */
  isTenants(name: string): boolean {
    const { kind } = this.meaningOf(name)
    return kind === 'tenant' || kind === 'custom'
  }

  /** Whether the address is the operators' host. */
  isOperators(origin: string): boolean {
    const url = URL.parse(origin)
    return url?.protocol === `${this.#scheme}:` && this.meaningOf(url.hostname).kind === 'operators'
  }

  /** Where a verified host is reached from outside: `http://northwind.localhost:4400`. */
  originOf(name: string): string {
    return `${this.#scheme}://${name.includes(':') ? `[${name}]` : name}${this.#port}`
  }

  /** Of the base domain, or of the operators' host. */
  ownOrigin(which: 'base' | 'operators'): string {
    return this.originOf(which === 'base' ? this.#base : `dashboard${this.#suffix}`)
  }

  tenantOrigin(slug: string): string {
    return this.originOf(slug + this.#suffix)
  }
}
