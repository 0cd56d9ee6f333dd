/** Why nothing usable came back. Stored and shown to tenants: it says no more than they could see from outside. */
export type OutboundCode =
  | 'address_refused'
  | 'name_unknown'
  | 'unreachable'
  | 'tls_failed'
  | 'timed_out'
  | 'too_large'
  | 'redirected'
  | 'encoding_unknown'
  | 'broken_off'
  | 'too_many_at_once'

const sentences: Readonly<Record<OutboundCode, string>> = {
  address_refused: 'The address is not public, or not https, and no operator allowed it.',
  name_unknown: 'The name has no address.',
  unreachable: 'Nobody answers at the address.',
  tls_failed: 'No encrypted connection could be made, or the certificate is not trusted.',
  timed_out: 'The answer took too long.',
  too_large: 'The answer is too large.',
  redirected: 'It answered with a redirect, and none is followed.',
  encoding_unknown: 'The answer is compressed in an unknown or broken way.',
  broken_off: 'The connection broke before the answer was whole.',
  too_many_at_once: 'Too many requests of this tenant are on their way.',
}

/** Holds neither the address nor anything of the answer, so that it can be logged. */
export class OutboundFailure extends Error {
  readonly code: OutboundCode

  constructor(code: OutboundCode, options?: ErrorOptions) {
    super(sentences[code], options)
    this.name = 'OutboundFailure'
    this.code = code
  }
}
