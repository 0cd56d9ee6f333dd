import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { RealmScope } from './realm-scope.ts'

/**
 * The engine's way to the database: each statement in the realm, outside a transaction as one network write.
 * The realm is fixed when this is made, so nothing that the engine remembers or awaits can mix two of them.
 */
export function engineKysely(realm: RealmScope): Kysely<unknown> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new RealmDriver(realm),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  const names = new CamelCasePlugin()
  return new Kysely<unknown>({
    dialect,
    // Rows are in camelCase when they leave the scope.
    plugins: [{ transformQuery: (args) => names.transformQuery(args), transformResult: async ({ result }) => result }],
  }).withSchema('identity')
}

class RealmConnection implements DatabaseConnection {
  readonly #realm: RealmScope
  transaction: OpenTransaction | undefined

  constructor(realm: RealmScope) {
    this.#realm = realm
  }

  async begin(): Promise<void> {
    this.transaction = await OpenTransaction.begin(this.#realm)
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const scope = this.transaction?.scope ?? this.#realm
    const rows = await scope.run({ text: sql, values: parameters })
    return { rows: rows.map((row) => withDates(row as Record<string, unknown>)) as R[], numAffectedRows: BigInt(rows.length) }
  }

  // biome-ignore lint/correctness/useYield: the engine streams nothing
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows of persons are not streamed.')
  }
}

class RealmDriver implements Driver {
  readonly #realm: RealmScope

  constructor(realm: RealmScope) {
    this.#realm = realm
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<RealmConnection> {
    return new RealmConnection(this.#realm)
  }

  beginTransaction(connection: RealmConnection): Promise<void> {
    return connection.begin()
  }

  async commitTransaction(connection: RealmConnection): Promise<void> {
    await connection.transaction?.end(true)
  }

  async rollbackTransaction(connection: RealmConnection): Promise<void> {
    await connection.transaction?.end(false)
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

const rolledBack = Symbol('rolled back')

/** A scope's transaction lasts as long as its callback; Kysely says begin and commit. */
class OpenTransaction {
  readonly scope: RealmScope
  readonly #decide: (commit: boolean) => void
  readonly #ended: Promise<void>

  private constructor(scope: RealmScope, decide: (commit: boolean) => void, ended: Promise<void>) {
    this.scope = scope
    this.#decide = decide
    this.#ended = ended
  }

  static async begin(realm: RealmScope): Promise<OpenTransaction> {
    const begun = Promise.withResolvers<RealmScope>()
    const decided = Promise.withResolvers<boolean>()
    const ended = realm
      .transaction(async (inner) => {
        begun.resolve(inner)
        if (!(await decided.promise)) throw rolledBack
      })
      .catch((error: unknown) => {
        begun.reject(error)
        if (error !== rolledBack) throw error
      })
    // It is awaited at the end; what goes wrong before is told by the statement that fails.
    ended.catch(() => undefined)
    return new OpenTransaction(await begun.promise, decided.resolve, ended)
  }

  async end(commit: boolean): Promise<void> {
    this.#decide(commit)
    await this.#ended
  }
}

/** The engine compares times as `Date`. */
function withDates(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (name.endsWith('At') && typeof value === 'string') row[name] = new Date(value)
  }
  return row
}
