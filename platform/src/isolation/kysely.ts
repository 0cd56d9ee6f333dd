import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawBuilder,
  sql as rawSql,
} from 'kysely'
import { BaseScope } from './base-scope.ts'
import type { Statement } from './statement.ts'
import { tenantIs } from './tenant-literal.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * Builders for `scope.run(…)` and `scope.batch([…])`; names are camelCase here and snake_case in SQL.
 * One instance serves all tenants, for it has no connection: executing a builder directly is an error that says so.
 *
 * @example
 * const db = scopedKysely<{ invoices: { id: string; dueOn: string } }>()
 * const due = await scope.run(db.selectFrom('invoices').selectAll().where('dueOn', '<', today))
 */
export function scopedKysely<DB>(): Kysely<DB> {
  return kyselyOn<DB>(() => {
    throw new Error('These builders have no connection: run them by scope.run(builder), or take bindKysely(scope).')
  })
}

/**
 * An instance whose `.execute()` and `.stream()` run on that scope, each statement on its own.
 * For several that belong together use `scope.batch`, or `scope.transaction((inner) => work(bindKysely(inner)))`.
 */
export function bindKysely<DB>(scope: TenantScope): Kysely<DB> {
  return kyselyOn<DB>(() => scope)
}

/** `tenant_id = '<id>'` for Kysely's `where`; what it is for stands at `tenantIs`. */
export function tenantIsIn(scope: TenantScope, alias?: string): RawBuilder<boolean> {
  return rawSql.raw(tenantIs(scope, alias).text)
}

function kyselyOn<DB>(scope: () => TenantScope): Kysely<DB> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ScopeDriver(scope),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  return new Kysely<DB>({ dialect, plugins: [snakeCaseNames()] })
}

/** Rows are in camelCase when they leave the scope; Kysely's plugin would go through all of them again, and into JSON. */
function snakeCaseNames(): KyselyPlugin {
  const plugin = new CamelCasePlugin()
  return { transformQuery: (args) => plugin.transformQuery(args), transformResult: async ({ result }) => result }
}

class ScopeDriver implements Driver {
  readonly #scope: () => TenantScope

  constructor(scope: () => TenantScope) {
    this.#scope = scope
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ScopeConnection(this.#scope())
  }

  async beginTransaction(): Promise<void> {
    throw new Error('Transactions belong to the scope: scope.transaction((inner) => work(bindKysely(inner))).')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class ScopeConnection implements DatabaseConnection {
  readonly #scope: TenantScope

  constructor(scope: TenantScope) {
    this.#scope = scope
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = statementOf<R>(query)
    // A scope of somebody else's making still answers rows.
    if (!(this.#scope instanceof BaseScope)) return { rows: await this.#scope.run(statement) }
    const { rows, affected, wrote } = await this.#scope.answer(statement)
    return { rows: rows as R[], ...(wrote ? { numAffectedRows: BigInt(affected) } : {}) }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    for await (const row of this.#scope.stream(statementOf<R>(query), { batchSize: chunkSize })) yield { rows: [row] }
  }
}

function statementOf<R>({ sql, parameters }: CompiledQuery): Statement<R> {
  return { text: sql, values: parameters }
}
