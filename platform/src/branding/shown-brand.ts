import { createHash } from 'node:crypto'
import type { TenantEntry } from '../directory/entries.ts'
import { platformBrand, type ResolvedBrand, readBrand, resolveBrand } from './brand.ts'
import type { BrandChain, BrandChains, BrandLink } from './brand-chain.ts'
import { findVersionByNumber } from './brand-queries.ts'
import type { Brand } from './brand-schema.ts'
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
  /** BCP 47, of the tenant; undefined where there is none. */
  readonly locale?: string
}

/** Of hosts that are no tenant's. */
export const platformShown = show('', platformBrand, 0)

/** The platform's own style sheet, by its file's name. */
export function platformSheet(file: string): string | undefined {
  return platformShown.styleSheet === `/brand/${file}` ? platformShown.css : undefined
}

/** Whether a tenant has pages at all; the only one of a blocked tenant says so. */
export function hasPages({ status }: TenantEntry): boolean {
  return status === 'active' || status === 'suspended'
}

/** What is published, here and above. */
export function shownOf(chain: BrandChain): ShownBrand {
  const [{ tenantId, name, locale, number }] = chain
  const brands = chain.map(({ brand }) => brand)
  return { ...show(tenantId, resolveBrand(name, brands), number), locale }
}

/**
 * The style sheet of a file's name, where it is that of a version of this tenant: of the one that is published, or one before. A page
 * may have been opened before somebody published, or by a node that hears of it a moment later.
 */
export async function styleSheetNamed(file: string, tenant: TenantEntry, chains: BrandChains): Promise<string | undefined> {
  const shown = shownOf(await chains.of(tenant))
  if (shown.styleSheet === `/brand/${file}`) return shown.css
  const number = Number(/^(0|[1-9][0-9]{0,8})-/.exec(file)?.[1] ?? -1)
  if (number === -1) return undefined
  const version = number === 0 ? { content: {} } : await findVersionByNumber(chains.scopeOf(tenant), number)
  if (version === undefined) return undefined
  const above = await chains.above(tenant, { anew: true })
  for (const inherited of await latelyAbove(above, chains)) {
    const before = show(tenant.id, resolveBrand('', [version.content, ...inherited]), number)
    if (before.styleSheet === `/brand/${file}`) return before.css
  }
  return undefined
}

/** The brands above as they are, and as they were before one of them was published last. */
async function latelyAbove(above: readonly BrandLink[], chains: BrandChains): Promise<Brand[][]> {
  const now = above.map(({ brand }) => brand)
  const before = above.map(async ({ tenantId, number }, at) => {
    const version = await findVersionByNumber(chains.scopeOf({ id: tenantId }), number - 1)
    return now.with(at, readBrand(version?.content))
  })
  return [now, ...(await Promise.all(before))]
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
