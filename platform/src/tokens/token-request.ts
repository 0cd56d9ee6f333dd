import { problems } from '../problems/catalogue.ts'

/** What a program asks a token with: RFC 6749, section 4.4. */
export interface TokenRequest {
  readonly clientId: string
  readonly clientSecret: string
  /** Undefined: all that the key may. */
  readonly scope: readonly string[] | undefined
  /** The service that the token is for; undefined: this API. */
  readonly audience: string | undefined
}

/** Bytes of the form. */
export const longestForm = 8_192

const known = new Set(['grant_type', 'client_id', 'client_secret', 'scope', 'audience', 'resource'])

/**
 * Reads the form and the `Authorization` header of a token request.
 *
 * @throws invalid_request for what is missing, given twice or in two places, unsupported_grant_type, unauthenticated without a secret
 */
export function readTokenRequest(form: string, authorization: string | undefined): TokenRequest {
  const fields = readForm(form)
  const grant = fields.get('grant_type')
  if (grant === undefined) throw problems.invalid_request('The form has no `grant_type`.')
  if (grant !== 'client_credentials')
    throw problems.unsupported_grant_type('The grant is `client_credentials` here, and no other.')
  const { clientId, clientSecret } = clientOf(fields, authorization)
  if (fields.has('audience') && fields.has('resource')) {
    throw problems.invalid_request('Say either `audience` or `resource`: they mean the same.')
  }
  return {
    clientId,
    clientSecret,
    scope: fields
      .get('scope')
      ?.split(' ')
      .filter((each) => each !== ''),
    audience: fields.get('audience') ?? fields.get('resource'),
  }
}

function readForm(form: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(form)) {
    // Unknown ones are left alone, as RFC 6749 has it; one that is there twice could mean either.
    if (!known.has(name)) continue
    if (fields.has(name)) throw problems.invalid_request(`The form has \`${name}\` twice.`)
    if (value !== '') fields.set(name, value)
  }
  return fields
}

function clientOf(fields: ReadonlyMap<string, string>, authorization: string | undefined) {
  const said = { clientId: fields.get('client_id'), clientSecret: fields.get('client_secret') }
  // A bearer's credential is not one of clients.
  if (authorization === undefined || !/^Basic\b/i.test(authorization)) return whole(said)
  if (said.clientSecret !== undefined) throw problems.invalid_request('The secret is given in two places.')
  const basic = basicOf(authorization)
  if (said.clientId !== undefined && said.clientId !== basic.clientId) throw wrongClient()
  return whole(basic)
}

function whole({ clientId, clientSecret }: { clientId: string | undefined; clientSecret: string | undefined }) {
  if (clientId === undefined || clientSecret === undefined) throw wrongClient()
  return { clientId, clientSecret }
}

/** `Basic`, both halves encoded as in a form: RFC 6749, section 2.3.1. */
function basicOf(authorization: string) {
  const text = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1]
  const pair = Buffer.from(text ?? '', 'base64').toString()
  const colon = pair.indexOf(':')
  if (colon < 1) throw wrongClient()
  return { clientId: decode(pair.slice(0, colon)), clientSecret: decode(pair.slice(colon + 1)) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw wrongClient()
  }
}

/** One sentence for every client that is none. */
export function wrongClient() {
  return problems.unauthenticated('The client id and secret are not those of a live key.')
}
