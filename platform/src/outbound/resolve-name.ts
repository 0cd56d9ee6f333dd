import { Resolver } from 'node:dns/promises'
import { OutboundFailure } from './outbound-failure.ts'

/** All addresses of a host name. @throws OutboundFailure name_unknown */
export type ResolveName = (host: string, signal: AbortSignal) => Promise<readonly string[]>

/**
 * Asks DNS by a resolver of its own. `getaddrinfo` would wait in one of the few threads that also hash passwords and read
 * files: a few dead name servers of one tenant would stop everybody. The price: the hosts file is not read.
 *
 * @param servers default those of the machine
 */
export function dnsResolver(servers?: readonly string[]): ResolveName {
  return async (host, signal) => {
    if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1']
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      signal.throwIfAborted()
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      if (addresses.length === 0) throw new OutboundFailure('name_unknown')
      return addresses
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}
