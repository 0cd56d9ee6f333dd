import { z } from 'zod'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition } from '../system.ts'
import { tenantsAbove } from '../tenants/parent.ts'
import { readBrand } from './brand.ts'
import { findBrand } from './brand-queries.ts'
import type { Brand } from './brand-schema.ts'
import { entitledBrand, hasWhiteLabel } from './white-label.ts'

/** What one tenant adds to what is shown. */
export interface BrandLink {
  readonly tenantId: string
  /** The tenant's own. */
  readonly name: string
  /** BCP 47, of the tenant. */
  readonly locale: string
  /** What is published, and what its plan lets hold of that. */
  readonly brand: Brand
  /** Of the version that is published; 0 while none ever was. */
  readonly number: number
}

/** A tenant's own link, then that of its parent, and so on. */
export type BrandChain = readonly [BrandLink, ...BrandLink[]]

export interface BrandChainOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly cache: Pick<CacheService, 'of'>
  readonly directory: Pick<Directory, 'tenantById'>
  readonly systems: readonly SystemDefinition[]
}

const Row = z.object({ name: z.string(), locale: z.string(), published: z.unknown(), number: z.int() })
type Row = z.output<typeof Row>
/** Publishing changes the tenant's own row, of which every node hears. */
const lasting = { seconds: 3_600, tags: ['tenantry.tenants'] } as const

/**
 * Each link is read in a scope of its own tenant and kept in that tenant's own cache: whoever publishes changes one row, and all
 * below it show that at once.
 */
export function createBrandChains({ scope: open, cache, directory, systems }: BrandChainOptions) {
  async function read(scope: TenantScope): Promise<Row> {
    const { name = '', locale = '', published = {}, number = 0 } = (await findBrand(scope)) ?? {}
    return { name, locale, published, number }
  }

  const chains = {
    /** Of the tenant, as the platform itself. */
    scopeOf: ({ id }: Pick<TenantEntry, 'id'>): TenantScope => open({ tenantId: id, actor: { kind: 'system', id } }),

    /** From memory as a rule; `anew` asks the database. */
    async link(tenant: TenantEntry, { anew = false } = {}): Promise<BrandLink> {
      const scope = chains.scopeOf(tenant)
      const row = anew ? await read(scope) : await cache.of(scope).remember('brand', Row, lasting, () => read(scope))
      const brand = entitledBrand(readBrand(row.published), hasWhiteLabel(systems, tenant))
      return { tenantId: tenant.id, name: row.name, locale: row.locale, number: row.number, brand }
    },

    async above(tenant: TenantEntry, options?: { readonly anew?: boolean }): Promise<BrandLink[]> {
      return Promise.all((await tenantsAbove(directory, tenant)).map((each) => chains.link(each, options)))
    },

    async of(tenant: TenantEntry): Promise<BrandChain> {
      return [await chains.link(tenant), ...(await chains.above(tenant))]
    },
  }
  return chains
}

export type BrandChains = ReturnType<typeof createBrandChains>
