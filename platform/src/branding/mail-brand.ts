import { platformBrand, type ResolvedBrand, resolveBrand } from './brand.ts'
import type { BrandChain, BrandChains } from './brand-chain.ts'
import { imageOf } from './chain-images.ts'
import { isDark } from './colour.ts'

/** A brand as mails show it. */
export interface MailBrand extends ResolvedBrand {
  /** PNG, for the head of the mail. */
  readonly logo: Buffer | undefined
}

export const platformMailBrand: MailBrand = { ...platformBrand, logo: undefined }

/** With the logo that is seen on its colour. */
export async function mailBrandOf(chain: BrandChain, chains: BrandChains): Promise<MailBrand> {
  const brands = chain.map(({ brand }) => brand)
  const brand = resolveBrand(chain[0].name, brands)
  const id = isDark(brand.colours.primary) ? brand.images.logoDark : brand.images.logoLight
  const bytes = id === undefined ? undefined : await imageOf(chain, id, chains)
  return { ...brand, logo: bytes === undefined ? undefined : Buffer.from(bytes) }
}
