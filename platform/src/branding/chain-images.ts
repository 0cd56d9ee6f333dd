import { resolveBrand } from './brand.ts'
import type { BrandChains, BrandLink } from './brand-chain.ts'
import { findImage } from './image-queries.ts'

/**
 * PNG: a picture that these brands, the nearest first, show together. It is read as the one of them whose brand names it, so that an
 * id opens nothing else of theirs, and nothing of anybody else's.
 */
export async function imageOf(links: readonly BrandLink[], id: string, chains: BrandChains): Promise<Uint8Array | undefined> {
  const brands = links.map(({ brand }) => brand)
  if (!Object.values(resolveBrand('', brands).images).includes(id)) return undefined
  const owner = links.find(({ brand }) => Object.values(brand.images ?? {}).includes(id))
  return owner && findImage(chains.scopeOf({ id: owner.tenantId }), id, { published: true })
}
