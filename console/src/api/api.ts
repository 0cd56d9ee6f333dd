import { createClient, items, type TenantryClient, TenantryProblem } from '@tenantry/client'
import { accessToken, forgetToken, signInAgain } from './token.ts'

/**
 * The API of this host, as whoever is signed in. Answers `{ data, response }` or throws a `TenantryProblem`.
 *
 * @example
 * const { data } = await api.GET('/v1/members', { params: { query: { limit: 50 } } })
 */
export const api: TenantryClient = createClient({
  baseUrl: location.origin,
  key: accessToken,
  retries: 2,
  patience: 5_000,
  fetch: async (request) => {
    const response = await fetch(request)
    // Signed out elsewhere, removed, or the session is over: signing in tells which.
    if (response.status === 401) {
      forgetToken()
      return signInAgain()
    }
    return response
  },
})

/** At most so many items of a list whose pages nobody leafs through, such as the choices of a field. */
export async function listAll<Item>(list: AsyncIterable<Item>, most = 1000): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of list) {
    found.push(item)
    if (found.length === most) break
  }
  return found
}

export { items, TenantryProblem }
