import { type paths, problemOf } from '@tenantry/client'

type Verb = 'get' | 'post'
type Operation<Path extends keyof paths, V extends Verb> = NonNullable<paths[Path][V]>
type Json<Content> = Content extends { content: { 'application/json': infer Value } } ? Value : never
type BodyOf<O> = O extends { requestBody?: infer Body } ? Json<NonNullable<Body>> : never
type AnswerOf<O> = O extends { responses: infer Answers } ? Json<Answers[(200 | 201 | 202) & keyof Answers]> : never

/** Answers of the API that this entry works with. */
export type SignedIn = AnswerOf<Operation<'/v1/auth/sign-in', 'post'>>
export type Challenge = NonNullable<SignedIn['mfa']>
export type Person = NonNullable<SignedIn['person']>

/**
 * One request, sent once: what signs in must not be repeated by a machine. The session is the cookie of this host.
 *
 * @throws TenantryProblem, or a TypeError where the server cannot be reached
 * @example
 * const { mfa } = await post('/v1/auth/sign-in', { email, password })
 */
export function post<Path extends keyof paths>(
  path: Path,
  body: BodyOf<Operation<Path, 'post'>>,
): Promise<AnswerOf<Operation<Path, 'post'>>> {
  const headers = { 'content-type': 'application/json' }
  return send(path, { method: 'POST', ...(body !== undefined && { headers, body: JSON.stringify(body) }) })
}

export function get<Path extends keyof paths>(
  path: Path,
  query: Readonly<Record<string, string>> = {},
): Promise<AnswerOf<Operation<Path, 'get'>>> {
  const asked = new URLSearchParams(query).toString()
  return send(asked === '' ? path : `${path}?${asked}`, {})
}

export async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, init)
  if (!response.ok) throw await problemOf(response)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}
