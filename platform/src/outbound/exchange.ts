import { type IncomingMessage, type RequestOptions, request as requestPlain } from 'node:http'
import { request as requestEncrypted } from 'node:https'
import { isIPv6, type LookupFunction, type TcpNetConnectOpts } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { Destination } from './destination.ts'
import { OutboundFailure } from './outbound-failure.ts'

export interface Exchange {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** PEM; without it those that Node trusts. */
  readonly authorities?: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** `agent: false` hands on what `net` and `tls` take. */
type Settings = RequestOptions & SecureContextOptions & Partial<TcpNetConnectOpts>

/** Milliseconds until the next address of several is tried beside the first. Node's own 250 are too few for a radio link. */
const nextAddressAfter = 2_000

/**
 * Sends one request on a connection of its own, to an address that was judged. The name stays what `Host` and the
 * certificate are about. Resolves with the head of the answer.
 */
export function exchange({ url, addresses }: Destination, options: Exchange): Promise<IncomingMessage> {
  const encrypted = url.protocol === 'https:'
  const settings: Settings = {
    method: options.method,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'http-client', ...options.headers },
    signal: options.signal,
    agent: false,
    lookup: lookupOf(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: nextAddressAfter,
    insecureHTTPParser: false,
    maxHeaderSize: 16_384,
    minVersion: 'TLSv1.2',
    ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = encrypted ? requestEncrypted(url, settings) : requestPlain(url, settings)
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new OutboundFailure('broken_off'))
    })
    outgoing.end(options.body)
  })
}

/** Answers what was judged, whatever DNS says by now. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_, { all: wantsAll }, callback) => {
    const [first] = all
    if (wantsAll === true) callback(null, all)
    else callback(null, first?.address ?? '', first?.family ?? 4)
  }
}

const tlsCodes = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|ERR_OSSL)/

/** What Node says, in our words. */
export function failureOf(error: unknown): OutboundFailure {
  if (error instanceof OutboundFailure) return error
  const code = String((error as { code?: unknown }).code ?? '')
  if (tlsCodes.test(code)) return new OutboundFailure('tls_failed', { cause: error })
  if (/^HPE_HEADER_OVERFLOW/.test(code)) return new OutboundFailure('too_large', { cause: error })
  if (/^(HPE_|ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)/.test(code)) return new OutboundFailure('broken_off', { cause: error })
  return new OutboundFailure('unreachable', { cause: error })
}
