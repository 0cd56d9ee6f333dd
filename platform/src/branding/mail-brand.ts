import type { TenantScope } from '../isolation/tenant-scope.ts'
import { brandOf, platformBrand, type ResolvedBrand } from './brand.ts'
import { isDark } from './colour.ts'
import { findImage } from './image-queries.ts'

/** A brand as mails show it. */
export interface MailBrand extends ResolvedBrand {
  /** PNG, for the head of the mail. */
  readonly logo: Buffer | undefined
}

export const platformMailBrand: MailBrand = { ...platformBrand, logo: undefined }

/** The brand of the scope's tenant, with the logo that is seen on its colour. */
export async function mailBrandOf(scope: TenantScope): Promise<MailBrand> {
  const brand = await brandOf(scope)
  const id = isDark(brand.colours.primary) ? brand.images.logoDark : brand.images.logoLight
  const bytes = id === undefined ? undefined : await findImage(scope, id)
  return { ...brand, logo: bytes === undefined ? undefined : Buffer.from(bytes) }
}
