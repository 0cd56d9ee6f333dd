import { ConfigurationError } from '../configuration/configuration.ts'
import { Problem } from '../problems/problem.ts'
import { type ExitCode, Refusal } from './refusal.ts'

interface Failure {
  readonly code: string
  readonly message: string
  readonly exitCode: ExitCode
  readonly members?: Readonly<Record<string, unknown>>
}

/** Says why a command failed: a sentence on standard error and, with `--json`, `{ "error": { code, message } }` as the result. */
export function report(error: unknown, json: boolean): ExitCode {
  const { code, message, exitCode, members } = failureOf(error)
  process.stderr.write(`${message}\n`)
  if (code === 'failed' && error instanceof Error && process.env.TENANTRY_LOG_LEVEL === 'debug') {
    process.stderr.write(`${error.stack}\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, ...members } }, null, 2)}\n`)
  return exitCode
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error
  if (error instanceof ConfigurationError) return { code: 'usage', message: error.message, exitCode: 2 }
  if (error instanceof Problem) return ofProblem(error)
  const unreachable = unreachableDatabase(error)
  if (unreachable !== undefined) return { code: 'database_unreachable', message: unreachable, exitCode: 1 }
  if (error instanceof Error && error.name === 'StartRefused')
    return { code: 'start_refused', message: error.message, exitCode: 1 }
  return { code: 'failed', message: messageOf(error), exitCode: 1 }
}

function ofProblem({ code, message, members }: Problem): Failure {
  const errors = (members.errors ?? []) as readonly { path?: string; message?: string }[]
  const details = errors.map(({ path, message: what }) => `  ${path}: ${what}`)
  const reasons = Object.entries(members)
    .filter(([name]) => name !== 'errors')
    .map(([name, value]) => `  ${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
  return { code, message: [message, ...details, ...reasons].join('\n'), exitCode: 1, members }
}

/** What happens when there is no PostgreSQL, or one that does not know us; its words hold no password. */
const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'there is no such host',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it dropped the connection',
  '28P01': 'the password is wrong',
  '28000': 'it does not let this role in',
  '3D000': 'there is no such database',
  '57P03': 'it is starting or stopping',
}

function unreachableDatabase(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, errors } = at as Error & { code?: string; errors?: readonly unknown[] }
    const cause = causes[code ?? '']
    if (cause !== undefined && (at as { syscall?: string }).syscall !== 'open') {
      return `PostgreSQL cannot be reached: ${cause}. Check DATABASE_URL and TENANTRY_ADMIN_URL.`
    }
    if (errors?.[0] !== undefined && cause === undefined) return unreachableDatabase(errors[0])
  }
  return undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
