import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { unknownMeter } from './current-periods.ts'

/** A hard limit that does not suffice is raised by as few steps as do, but not beyond the ceiling. */
export interface Growth {
  readonly step: number
  readonly ceiling: number
}

export async function setGrowth(scope: TenantScope, name: string, growth: Growth | null): Promise<void> {
  if (growth === null) {
    await scope.run(sql`delete from tenantry.quota_growth where name = ${name}`)
    return
  }
  const [row] = await scope.run(sql<{ name: string }>`
    insert into tenantry.quota_growth (name, step, ceiling)
      select l.name, ${growth.step}::bigint, ${growth.ceiling}::bigint from tenantry.limits l where l.name = ${name}
      on conflict (tenant_id, name) do update set step = excluded.step, ceiling = excluded.ceiling
      returning name`)
  if (row === undefined) throw unknownMeter(name)
}
