import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { canonicalRanges, isWithin } from './address-range.ts'

export interface AddressListService {
  /** Ranges that the tenant's members and keys may come from; none: from everywhere. */
  read(scope: TenantScope): Promise<readonly string[]>
  /**
   * Replaces the list; none opens the tenant to every address. It acts on this node when the promise resolves, on all others within
   * a second. `from` is where a caller asks from whom the list holds for; operators have a host of their own and are exempt.
   *
   * @throws would_lock_out when the list shuts `from` out, invalid_request for what is no range
   * @example await services.addressLists.set(scope, ['203.0.113.0/24'], request.address)
   */
  set(scope: TenantScope, ranges: readonly string[], from?: string): Promise<readonly string[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly addressLists: AddressListService
  }
}

export function createAddressListService({ directory }: { readonly directory: Directory }): AddressListService {
  return {
    async read(scope) {
      return (await scope.first(sql<{ ranges: string[] }>`select ranges from tenantry.address_lists`))?.ranges ?? []
    },

    async set(scope, written, from) {
      const ranges = canonicalRanges(written)
      requireReachable(ranges, from)
      const { tenantId } = scope.context
      const told = sql`select tenantry.emit('platform.addresses.changed', ${tenantId}, jsonb_build_object('ranges', ${ranges}::text[]))`
      const change =
        ranges.length === 0
          ? sql`delete from tenantry.address_lists`
          : sql`insert into tenantry.address_lists (ranges) values (${ranges}::text[])
              on conflict (tenant_id) do update set ranges = excluded.ranges, changed_at = tenantry.clock()`
      await scope.batch([change, told], { lane: 'write' })
      await directory.catchUp()
      return ranges
    },
  }
}

/** Nobody shuts the door behind himself by a slip of the pen. @throws would_lock_out */
export function requireReachable(ranges: readonly string[], address: string | undefined): void {
  if (ranges.length === 0 || address === undefined || isWithin(ranges, address)) return
  throw problems.would_lock_out(`The list does not have ${address}, from which you ask.`, { address })
}
