import type { z } from 'zod'
import { problems } from '../problems/catalogue.ts'
import { cleanText } from './clean-value.ts'
import { parseQuery } from './query-text.ts'
import type { ReceivedBody } from './request-body.ts'
import type { Route } from './route.ts'

/** One thing wrong with a request: where it is and what to do. The value itself is never repeated. */
export interface InputError {
  readonly in: 'path' | 'query' | 'body'
  /** JSON pointer below `in`: `/address/zip`; empty for the whole. */
  readonly pointer: string
  readonly message: string
}

export interface Input {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

const mostErrors = 20

/** Holds path, query and body against the route's schemas and tells everything that is wrong at once. A raw body is the handler's to judge. */
export function readInput(
  route: Route,
  params: Record<string, string>,
  queryText: string,
  received: Pick<ReceivedBody, 'json' | 'raw'> | undefined,
): Input {
  const errors: InputError[] = []
  const query = parseQuery(queryText, errors)
  for (const [name, value] of Object.entries(params)) {
    if (cleanText(value) !== value) errors.push({ in: 'path', pointer: `/${name}`, message: 'Must be plain composed text.' })
  }
  const input: Input = {
    params: parse(route.params, params, 'path', errors),
    query: route.query ? parse(route.query, query, 'query', errors) : refuseAny(query, errors),
    body: received?.raw === undefined ? parse(route.body, received?.json, 'body', errors) : undefined,
  }
  if (errors.length > 0) throw invalidRequest(errors)
  return input
}

export function invalidRequest(errors: readonly InputError[]) {
  const told = errors.slice(0, mostErrors)
  const more = errors.length - told.length
  return problems.invalid_request(
    more > 0 ? `${errors.length} things are wrong; the first ${mostErrors} are told.` : 'Some of what was sent does not fit.',
    { errors: told },
  )
}

function parse(schema: z.ZodType | undefined, value: unknown, part: InputError['in'], errors: InputError[]): unknown {
  if (schema === undefined) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const path = issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
    errors.push({ in: part, pointer: path.slice(0, 200), message: issue.message.slice(0, 300) })
  }
  return undefined
}

function refuseAny(query: Record<string, string>, errors: InputError[]): undefined {
  for (const name in query)
    errors.push({ in: 'query', pointer: `/${name}`.slice(0, 200), message: 'This route takes no such parameter.' })
}
