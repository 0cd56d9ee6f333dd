import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { platformBrand, type ResolvedBrand, resolveBrand } from './brand.ts'
import { findBrand, findVersionByNumber } from './brand-queries.ts'
import { styleSheetOf } from './style-sheet.ts'

/** What the pages of one host show, with the paths of its parts on that host. */
export interface ShownBrand {
  readonly brand: ResolvedBrand
  readonly css: string
  /** `/brand/7-0123456789ab.css`: another one for each version and tenant, so that a browser may keep it for ever. */
  readonly styleSheet: string
  readonly manifest: '/manifest.webmanifest'
  readonly icon: string
  readonly logo: { readonly light?: string; readonly dark?: string }
}

/** Of hosts that are no tenant's. */
export const platformShown = show('', platformBrand, 0)

/** Whether a tenant has pages at all. */
export function hasPages(tenant: TenantEntry): boolean {
  return tenant.status === 'active' || (tenant.status === 'suspended' && tenant.suspension === 'read_only')
}

const Row = z.object({ name: z.string(), published: z.unknown(), number: z.int() })
/** Publishing changes the tenant's own row, of which every node hears. */
const lasting = { seconds: 3_600, tags: ['tenantry.tenants'] } as const

/** What is published, from memory as a rule. */
export async function shownIn(scope: TenantScope, cache: Pick<CacheService, 'of'>): Promise<ShownBrand> {
  const row = await cache.of(scope).remember('brand', Row, lasting, async () => {
    const { name = '', published = {}, number = 0 } = (await findBrand(scope)) ?? {}
    return { name, published, number }
  })
  return show(scope.context.tenantId, resolveBrand(row.name, [row.published]), row.number)
}

/** The style sheet of a file's name, where it is that of a version of this tenant: of the one that is published, or one before. */
export async function styleSheetNamed(
  file: string,
  shown: ShownBrand,
  scope: TenantScope | undefined,
): Promise<string | undefined> {
  if (shown.styleSheet === `/brand/${file}`) return shown.css
  const number = Number(/^([1-9][0-9]{0,8})-/.exec(file)?.[1] ?? 0)
  // A page that was opened before somebody published asks for the version before.
  const version = number === 0 || scope === undefined ? undefined : await findVersionByNumber(scope, number)
  if (version === undefined || scope === undefined) return undefined
  const before = show(scope.context.tenantId, resolveBrand('', [version.content]), number)
  return before.styleSheet === `/brand/${file}` ? before.css : undefined
}

function show(owner: string, brand: ResolvedBrand, number: number): ShownBrand {
  const css = styleSheetOf(brand)
  // The tenant is in it, so that the address says nothing of another tenant's brand; and the text, which a later release may draw otherwise.
  const digest = createHash('sha256').update(`${owner}\n${css}`).digest('hex').slice(0, 12)
  const { logoLight, logoDark, favicon } = brand.images
  return {
    brand,
    css,
    styleSheet: `/brand/${number}-${digest}.css`,
    manifest: '/manifest.webmanifest',
    icon: favicon === undefined ? '/favicon.ico' : imagePath(favicon),
    logo: {
      ...(logoLight === undefined ? {} : { light: imagePath(logoLight) }),
      ...(logoDark === undefined ? {} : { dark: imagePath(logoDark) }),
    },
  }
}

const imagePath = (id: string) => `/brand/images/${id}`
