import pg from 'pg'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import { LostConnection } from './lost-connection.ts'

/**
 * What a caller is told when the database refuses. PostgreSQL's words, and the names and values in them, go nowhere but the log:
 * they are the `cause`. Errors that are not the database's pass through.
 *
 * `writes`: the statement could have written, so one that left and was not answered has an unknown outcome.
 */
export function problemOf(error: unknown, { writes }: { readonly writes: boolean }): unknown {
  if (error instanceof LostConnection) return lost(error, writes)
  if (!(error instanceof pg.DatabaseError)) return error
  const translate = byCode[error.code ?? ''] ?? byClass[(error.code ?? '').slice(0, 2)]
  return (translate ?? internal)(error)
}

/** The name of the constraint that refused a write, for callers who can say it in their own words. */
export function constraintOf(error: unknown): string | undefined {
  return databaseError(error)?.constraint
}

/** PostgreSQL's five-character code behind a problem: `23505`. */
export function sqlStateOf(error: unknown): string | undefined {
  return databaseError(error)?.code
}

function databaseError(error: unknown): pg.DatabaseError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof pg.DatabaseError) return at
  }
  return undefined
}

type Translate = (error: pg.DatabaseError) => Problem

const conflict: Translate = (error) =>
  problems.conflict('Somebody else changed the same thing at the same moment.', undefined, error)
const invalid: Translate = (error) => problems.invalid_request('A value is not one that can be stored.', undefined, error)
const internal: Translate = (error) => problems.internal('The database refused the statement.', undefined, error)
const timedOut: Translate = (error) => problems.timed_out('The database took too long.', undefined, error)
const unavailable = (cause: unknown): Problem => problems.unavailable('The database cannot be reached.', { retryAfter: 1 }, cause)

/**
 * PostgreSQL has one code for both ends of a reference and tells them apart only in words, of whatever language. But in every one of them
 * it puts three names into quotes where what is referred to would go (the table, the constraint, the table that refers), and two where
 * what is to refer finds nothing.
 */
function isOfReferred({ message, constraint }: pg.DatabaseError): boolean {
  const place = constraint === undefined ? -1 : message.lastIndexOf(constraint)
  if (constraint === undefined || place < 0) return false
  const open = message.slice(0, place).trimEnd().at(-1) ?? ''
  const close =
    message
      .slice(place + constraint.length)
      .trimStart()
      .at(0) ?? ''
  const names = open === close ? (message.split(open).length - 1) / 2 : message.split(open).length - 1
  return names >= 3
}

const byCode: Readonly<Record<string, Translate>> = {
  '23001': (error) => problems.still_referenced('Something still refers to it.', undefined, error),
  '23502': invalid,
  '23503': (error) =>
    isOfReferred(error)
      ? problems.still_referenced('Something still refers to it.', undefined, error)
      : problems.not_found('Something that this refers to does not exist.', undefined, error),
  '23505': (error) => problems.conflict('There is one like it already.', undefined, error),
  '23514': invalid,
  '23P01': (error) => problems.conflict('It overlaps with one that is there already.', undefined, error),
  '25006': (error) => problems.internal('A statement that writes was sent where only reads are allowed.', undefined, error),
  '25P02': (error) => problems.internal('An earlier statement of the transaction had failed.', undefined, error),
  '25P03': timedOut,
  '40001': conflict,
  '40P01': conflict,
  // A policy's refusal; a missing grant has the same code and is our own mistake.
  '42501': (error) =>
    error.routine === 'ExecWithCheckOptions'
      ? problems.not_found('There is no such thing here.', undefined, error)
      : internal(error),
  '53300': unavailable,
  '54000': invalid,
  '55P03': conflict,
  '57014': timedOut,
  '57P01': unavailable,
  '57P02': unavailable,
  '57P03': unavailable,
  TN001: (error) => problems.internal('A statement ran without a tenant.', undefined, error),
  TN002: (error) => problems.quota_exceeded('The quota is used up.', quotaMembers(error.detail), error),
  TN003: (error) => problems.slug_taken('This slug is not available.', undefined, error),
  TN008: (error) => problems.host_resting('Another tenant gave this domain up lately.', undefined, error),
  TN007: (error) => problems.last_owner('A tenant keeps its last owner.', undefined, error),
}

const byClass: Readonly<Record<string, Translate>> = { '08': unavailable, '22': invalid }

function quotaMembers(detail: string | undefined): Record<string, unknown> | undefined {
  try {
    const { limit, max, used } = JSON.parse(detail ?? '{}') as Record<string, unknown>
    return { limit, max, used }
  } catch {
    return undefined
  }
}

function lost(error: LostConnection, writes: boolean): Problem {
  if (error.sent && writes) {
    return problems.outcome_unknown('The connection to the database broke while this was being written.', undefined, error)
  }
  return databaseError(error)?.code === '25P03' ? timedOut(databaseError(error) as pg.DatabaseError) : unavailable(error)
}
