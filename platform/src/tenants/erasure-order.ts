import type { Client } from 'pg'

export interface ErasableTable {
  /** Quoted and qualified, as PostgreSQL writes it. */
  readonly name: string
  /** Tables it refers to. */
  readonly parents: readonly string[]
}

/** Written into by the triggers of the others, so they are emptied after them. */
const records = new Set(['tenantry.search_tokens', 'tenantry.counters', 'tenantry.limits', 'tenantry.tenant_status_history'])
const last = ['tenantry.events', 'tenantry.access_log', 'tenantry.audit_entries']

export async function enrolledTables(client: Client): Promise<ErasableTable[]> {
  const { rows } = await client.query<ErasableTable>(
    `select format('%I.%I', n.nspname, c.relname) as name,
            array(select distinct format('%I.%I', pn.nspname, p.relname)
                    from pg_constraint f join pg_class p on p.oid = f.confrelid join pg_namespace pn on pn.oid = p.relnamespace
                   where f.conrelid = e.relation and f.contype = 'f' and f.confrelid <> f.conrelid) as parents
       from tenantry.enrolment e join pg_class c on c.oid = e.relation join pg_namespace n on n.oid = c.relnamespace
      order by 1`,
  )
  return rows
}

/** Children before their parents, records last. Tables that refer to each other in a circle stand as they come. */
export function erasureOrder(tables: readonly ErasableTable[]): ErasableTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const parentsFirst = new Set<ErasableTable>()
  const underWay = new Set<string>()
  const visit = (table: ErasableTable): void => {
    if (underWay.has(table.name)) return
    underWay.add(table.name)
    for (const parent of table.parents) {
      const known = byName.get(parent)
      if (known !== undefined) visit(known)
    }
    parentsFirst.add(table)
  }
  for (const table of tables) visit(table)
  const rank = ({ name }: ErasableTable) => (last.includes(name) ? 2 + last.indexOf(name) : records.has(name) ? 1 : 0)
  return [...parentsFirst].reverse().sort((one, other) => rank(one) - rank(other))
}
