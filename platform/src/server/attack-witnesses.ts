import type { CacheService } from '../cache/tenant-cache.ts'
import type { Directory } from '../directory/directory.ts'
import type { Side, Witness } from '../isolation/attack/world.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

export interface WitnessOptions {
  readonly sides: readonly Side[]
  readonly scopeOf: (tenantId: string) => TenantScope
  readonly directory: Directory
  readonly cache: Pick<CacheService, 'textsOf'>
  /** What the attacked server logged. */
  readonly log: () => string
  readonly metrics: () => Promise<string>
}

/**
 * Where content may lie beside the answers. Log and metrics are read by people of no tenant and hold nobody's; of every
 * enrolled table (events, audit, access log, kept answers among them) each tenant has rows of its own and no others.
 */
export async function witnessesOf(options: WitnessOptions): Promise<Witness[]> {
  const { sides, scopeOf, directory, cache, log, metrics } = options
  const [first] = sides
  if (first === undefined) return []
  const tables = await scopeOf(first.tenantId).run(
    sql<{ name: string }>`select n.nspname || '.' || c.relname as name
      from tenantry.enrolment e join pg_class c on c.oid = e.relation join pg_namespace n on n.oid = c.relnamespace order by 1`,
  )
  const atRest = sides.flatMap(({ name: side, tenantId }) =>
    tables.map(({ name }): Witness => {
      const read = () => rowsAsText(scopeOf(tenantId), name)
      return { place: `rows of ${name}, ${side} tenant`, of: side, read }
    }),
  )
  const cached = sides.map(({ name: side, tenantId }): Witness => {
    const read = async () => JSON.stringify(await directory.tenantById(tenantId))
    return { place: `directory cache, ${side} tenant`, of: side, read }
  })
  const kept = sides.map(({ name: side, tenantId }): Witness => {
    const read = async () => (await cache.textsOf(tenantId)).join('\n')
    return { place: `answers in the cache, ${side} tenant`, of: side, read }
  })
  return [{ place: 'log', read: async () => log() }, { place: 'metrics', read: metrics }, ...atRest, ...cached, ...kept]
}

async function rowsAsText(scope: TenantScope, table: string): Promise<string> {
  const rows: string[] = []
  const statement = sql<{ row: string }>`select to_json(t)::text as row from ${sql.identifier(table)} t`
  for await (const { row } of scope.stream(statement)) rows.push(row)
  return rows.join('\n')
}
