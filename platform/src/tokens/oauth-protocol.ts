import type { ForeignProtocol } from '../http/route.ts'

/** Error codes of RFC 6749, section 5.2, and RFC 8707 for an audience, by ours. */
const errors: Readonly<Record<string, string>> = {
  unauthenticated: 'invalid_client',
  tenant_suspended: 'unauthorized_client',
  address_not_allowed: 'unauthorized_client',
  unsupported_grant_type: 'unsupported_grant_type',
  invalid_scope: 'invalid_scope',
  invalid_audience: 'invalid_target',
  rate_limited: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal: 'server_error',
}

/** What OAuth's clients read in a refusal. Credentials are in the request's own fields, and the handler's to judge. */
export const oauthProtocol: ForeignProtocol = {
  credentials: () => [],
  refusal: ({ code, detail }) => ({ error: errors[code] ?? 'invalid_request', error_description: detail }),
  challenge: 'Basic realm="api", charset="UTF-8"',
}
