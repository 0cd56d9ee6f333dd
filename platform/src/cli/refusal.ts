/** How a command ends: 0 done, 1 refused, failed or found something, 2 asked for in a way that cannot be understood. */
export type ExitCode = 0 | 1 | 2

/**
 * A command says no in words for people; no stack, because nothing is broken.
 *
 * @example
 * throw new Refusal('no_database', 'DATABASE_URL is not set.')
 */
export class Refusal extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: { exitCode?: ExitCode; members?: Record<string, unknown> } = {}) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.exitCode = options.exitCode ?? 1
    this.members = options.members ?? {}
  }
}

/** The command line itself was wrong: exit 2. */
export function usage(message: string): Refusal {
  return new Refusal('usage', message, { exitCode: 2 })
}
