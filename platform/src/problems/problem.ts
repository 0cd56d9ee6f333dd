/**
 * A refusal that a caller can act on: RFC 9457 problem details with a code from the catalogue.
 * Domain code throws it; HTTP, the command line and the SDK each show it in their own way.
 */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  /** Further members of the problem document, for example `limit` and `resetsAt`. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(definition: ProblemDefinition & { code: string }, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.code = definition.code
    this.status = definition.status
    this.title = definition.title
    this.members = options.members ?? {}
  }
}

export interface ProblemDefinition {
  /** HTTP status of the answer. */
  readonly status: number
  /** Short and always the same for the code. */
  readonly title: string
  /** What the caller does about it; opens the code's page in `docs/errors/`. */
  readonly advice: string
}

export interface ProblemOptions {
  readonly members?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

export type ProblemFactory = (detail: string, members?: Record<string, unknown>, cause?: unknown) => Problem

/**
 * Turns a table of definitions into one factory per code.
 *
 * @example
 * export const bmsProblems = defineProblems({
 *   building_not_granted: { status: 403, title: 'Building not granted', advice: 'Ask an administrator for the building.' },
 * })
 * throw bmsProblems.building_not_granted(`You may not see building ${id}.`, { buildingId: id })
 */
export function defineProblems<const Table extends Record<string, ProblemDefinition>>(
  table: Table,
): { readonly [Code in keyof Table]: ProblemFactory & { readonly definition: ProblemDefinition & { code: string } } } {
  const factories: Record<string, unknown> = {}
  for (const [code, entry] of Object.entries(table)) {
    const definition = { ...entry, code }
    const factory: ProblemFactory = (detail, members, cause) =>
      new Problem(definition, detail, { ...(members ? { members } : {}), ...(cause === undefined ? {} : { cause }) })
    factories[code] = Object.assign(factory, { definition })
  }
  return factories as ReturnType<typeof defineProblems<Table>>
}

export type ProblemTable = Readonly<
  Record<string, ProblemFactory & { readonly definition: ProblemDefinition & { code: string } }>
>
