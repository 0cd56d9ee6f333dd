import { problems } from '../problems/catalogue.ts'
import { Problem, type ProblemDefinition, type ProblemTable } from '../problems/problem.ts'
import type { ForeignProtocol } from './route.ts'

/** What to do about a problem, by code, of every table a server knows. */
export type AdviceByCode = ReadonlyMap<string, string>

/** All codes of some tables. */
export function definitionsOf(tables: readonly ProblemTable[]): ReadonlyMap<string, ProblemDefinition> {
  return new Map(tables.flatMap((table) => Object.entries(table).map(([code, { definition }]) => [code, definition] as const)))
}

export function adviceOf(tables: readonly ProblemTable[]): AdviceByCode {
  return new Map([...definitionsOf(tables)].map(([code, { advice }]) => [code, advice]))
}

/** One sentence for every "not found", so that a foreign thing, a thing that never was and an unknown path read the same. */
const nothingHere = 'There is nothing here.'

/** RFC 9457. Holds nothing of the single request; its id is in the `X-Request-Id` header. */
export function problemDocument(problem: Problem, advice: AdviceByCode, protocol?: ForeignProtocol): string {
  const hidden = problem.code === 'not_found'
  const { code, title, status } = problem
  const detail = hidden ? nothingHere : problem.message
  return JSON.stringify({
    ...(hidden ? {} : problem.members),
    ...protocol?.refusal({ code, detail }),
    type: `/errors/${code}`,
    title,
    status,
    detail,
    code,
    advice: advice.get(code),
  })
}

/** What a caller is told about anything thrown: a Problem as it is, the framework's refusals by our codes, else `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  switch ((thrown as { code?: unknown } | null)?.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    // Of the method QUERY, before anybody asks whether a route takes it.
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
      return problems.unsupported_media_type('The content type could not be read.', undefined, thrown)
    case 'FST_ERR_BAD_URL':
      return problems.invalid_request('The address is not well encoded.', undefined, thrown)
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return problems.not_found('A part of the path is too long.', undefined, thrown)
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
      return problems.malformed_body('The body ended early.', undefined, thrown)
    // PostgreSQL's: a statement or a lock took too long. Scopes say so themselves; this is of what is asked beside them.
    case '57014':
    case '55P03':
      return problems.timed_out('The database took too long.', undefined, thrown)
    default:
      return isWithoutDatabase(thrown)
        ? problems.unavailable('The database cannot be reached.', { retryAfter: 1 }, thrown)
        : problems.internal('Something went wrong on our side.', undefined, thrown)
  }
}

/** pg has words for it and no code. */
function isWithoutDatabase(thrown: unknown): boolean {
  const words = /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated)/
  return thrown instanceof Error && words.test(thrown.message)
}
