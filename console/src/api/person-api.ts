import { createClient, type TenantryClient } from '@tenantry/client'

/**
 * The API for what somebody does about himself: by the cookie of this host and not by a token, which must not make itself last
 * longer. A wrong password or code is answered 401 as well, and is no reason to sign in anew. Sent once, for each try counts.
 */
export const personApi: TenantryClient = createClient({
  baseUrl: location.origin,
  key: '',
  retries: 0,
  fetch: (request) => {
    request.headers.delete('authorization')
    return fetch(request)
  },
})
