import { logCsv } from '../audit/log-csv.ts'
import type { TenantSort } from './schemas.ts'
import type { ListPosition, TenantFilter, TenantListing } from './tenant-list.ts'
import type { TenantService } from './tenants.ts'

const columns = ['id', 'slug', 'name', 'system', 'tier', 'status', 'suspension', 'health', 'createdAt'] as const
const atOnce = 500

/** The whole list as CSV, read page by page while it is written. */
export function tenantCsv(tenants: Pick<TenantService, 'list'>, filter: TenantFilter, sort: TenantSort): AsyncIterable<string> {
  return logCsv<TenantListing>(allTenants(tenants, filter, sort), [...columns])
}

async function* allTenants(tenants: Pick<TenantService, 'list'>, filter: TenantFilter, sort: TenantSort) {
  let after: ListPosition | undefined
  do {
    const rows = await tenants.list(filter, { sort, after, limit: atOnce })
    yield* rows
    const last = rows.length === atOnce ? rows.at(-1) : undefined
    after = last && { value: last.sortedBy, id: last.id }
  } while (after !== undefined)
}
