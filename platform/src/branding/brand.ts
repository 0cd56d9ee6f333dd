import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { Brand, type ImageKind, type imageMembers, type Theme } from './brand-schema.ts'
import { type Colour, readableOn, safeColour } from './colour.ts'

/** How a tenant presents itself, complete: what neither it nor who is above it has chosen is the platform's own. */
export interface ResolvedBrand {
  readonly displayName: string
  readonly colours: { readonly primary: Colour; readonly onPrimary: Colour; readonly accent: Colour; readonly background: Colour }
  readonly theme: Theme
  readonly supportEmail: string | undefined
  /** Of mails. */
  readonly senderName: string
  readonly footer: string | undefined
  readonly poweredBy: boolean
  /** Ids of pictures; a logo for light backgrounds serves on dark ones too where there is no other, and the reverse. */
  readonly images: { readonly [Member in (typeof imageMembers)[ImageKind]]: string | undefined }
}

/** The platform's own colours. */
const usual = { primary: '#1f4e79', accent: '#0b7285', background: '#ffffff' } as const

const fields = Object.keys(Brand.shape) as (keyof Brand)[]

/** The platform's own name, where no tenant is concerned. */
export const platformBrand = resolveBrand('Tenantry', [{ poweredBy: false }])

/** The brand of the scope's tenant. */
export async function brandOf(scope: TenantScope): Promise<ResolvedBrand> {
  const tenant = await scope.first(sql<{ name: string; brand: unknown }>`
    select name, brand from tenantry.tenants where id = ${scope.context.tenantId}`)
  return resolveBrand(tenant?.name ?? '', [tenant?.brand])
}

/**
 * `chain`: what was chosen, the tenant's own first, then its parent's and so on; of each field the first that has it counts, but
 * a name is nobody else's. Each is data like any other: a part that is not what it should be counts as not chosen.
 */
export function resolveBrand(name: string, chain: readonly unknown[]): ResolvedBrand {
  const [own = {}, ...above] = chain.map(readBrand)
  const brands = [own, ...above]
  const first = <Value>(of: (brand: Brand) => Value | undefined): Value | undefined => {
    for (const brand of brands) {
      const value = of(brand)
      if (value !== undefined) return value
    }
    return undefined
  }
  const primary = safeColour(
    first(({ colours }) => colours?.primary),
    usual.primary,
  )
  const displayName = own.displayName ?? name
  // Pictures are a tenant's own rows, out of the reach of those below it.
  const { logoLight, logoDark, favicon } = own.images ?? {}
  return {
    displayName,
    colours: {
      primary,
      onPrimary: readableOn(primary),
      accent: safeColour(
        first(({ colours }) => colours?.accent),
        usual.accent,
      ),
      background: safeColour(
        first(({ colours }) => colours?.background),
        usual.background,
      ),
    },
    theme: first(({ theme }) => theme) ?? 'auto',
    supportEmail: first(({ supportEmail }) => supportEmail),
    senderName: first(({ senderName }) => senderName) ?? displayName,
    footer: first(({ footer }) => footer),
    poweredBy: first(({ poweredBy }) => poweredBy) ?? true,
    images: { logoLight: logoLight ?? logoDark, logoDark: logoDark ?? logoLight, favicon },
  }
}

/** Field by field: one that an older release allowed does not cost the others. */
export function readBrand(stored: unknown): Brand {
  if (typeof stored !== 'object' || stored === null) return {}
  const brand: Record<string, unknown> = Object.create(null)
  for (const field of fields) {
    // Its own fields only: nothing that an object inherits.
    const value: unknown = Object.hasOwn(stored, field) ? stored[field as keyof typeof stored] : undefined
    const read = Brand.shape[field].safeParse(value)
    if (read.success && read.data !== undefined) brand[field] = read.data
  }
  return brand as Brand
}
