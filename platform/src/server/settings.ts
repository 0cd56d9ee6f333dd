import type { Configuration } from '../configuration/configuration.ts'
import type { HttpConfiguration } from '../http/configuration.ts'
import type { LaneOverrides } from '../isolation/lane-settings.ts'

/** The part of the configuration that the HTTP layer knows. */
export function httpSettings(configuration: Configuration): Partial<HttpConfiguration> {
  return {
    trustedProxies: { ranges: configuration.trustedProxies, hops: configuration.proxyHops },
    bodyLimit: configuration.bodyLimit,
    requestTimeout: configuration.requestTimeout,
    headersTimeout: configuration.headersTimeout,
    stallTimeout: configuration.stallTimeout,
  }
}

/** The part that the lanes know. */
export function laneSettings(configuration: Configuration): LaneOverrides {
  return {
    read: { clients: configuration.readConnections },
    write: { clients: configuration.writeConnections },
    slow: configuration.slowConnections === 0 ? {} : { clients: configuration.slowConnections },
    interactive: { clients: configuration.interactiveConnections },
  }
}
