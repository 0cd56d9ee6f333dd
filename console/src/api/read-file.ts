import { problemOf } from '@tenantry/client'
import { accessToken } from './token.ts'

/**
 * What a route answers that is no JSON: a PDF, a CSV. A link would not carry the token.
 *
 * @throws TenantryProblem
 */
export async function readFile(path: string): Promise<Blob> {
  const response = await fetch(path, { headers: { authorization: `Bearer ${await accessToken()}` } })
  if (!response.ok) throw await problemOf(response)
  return response.blob()
}
