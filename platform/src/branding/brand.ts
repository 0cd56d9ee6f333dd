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
  /** Ids of pictures, of the tenant's own or of one above it. */
  readonly images: { readonly [Member in (typeof imageMembers)[ImageKind]]: string | undefined }
}

/** The platform's own colours. */
const usual = { primary: '#1f4e79', accent: '#0b7285', background: '#ffffff' } as const

const fields = Object.keys(Brand.shape) as (keyof Brand)[]

/** What a tenant may have from above it, as a path names it: everything but the name, which is nobody else's. */
const inheritable = {
  theme: (brand) => brand.theme,
  'colours.primary': (brand) => brand.colours?.primary,
  'colours.accent': (brand) => brand.colours?.accent,
  'colours.background': (brand) => brand.colours?.background,
  supportEmail: (brand) => brand.supportEmail,
  senderName: (brand) => brand.senderName,
  footer: (brand) => brand.footer,
  poweredBy: (brand) => brand.poweredBy,
  // A logo for one background serves on the other too: no page shows two signs, one of the tenant's and one from above.
  'images.logoLight': ({ images }) => images?.logoLight ?? images?.logoDark,
  'images.logoDark': ({ images }) => images?.logoDark ?? images?.logoLight,
  'images.favicon': ({ images }) => images?.favicon,
} satisfies Record<string, (brand: Brand) => unknown>

export type InheritableField = keyof typeof inheritable
export const inheritableFields = Object.keys(inheritable) as InheritableField[]

/** What a brand says of a field. */
export function fieldOf<Field extends InheritableField>(brand: Brand, field: Field) {
  return inheritable[field](brand) as ReturnType<(typeof inheritable)[Field]>
}

/** The platform's own name, where no tenant is concerned. */
export const platformBrand = resolveBrand('Tenantry', [{ poweredBy: false }])

/**
 * `chain`: what was chosen, the tenant's own first, then its parent's and so on; of each field the first that has it counts, but
 * a name is nobody else's. Each is data like any other: a part that is not what it should be counts as not chosen.
 */
export function resolveBrand(name: string, chain: readonly unknown[]): ResolvedBrand {
  const brands = chain.map(readBrand)
  const first = <Field extends InheritableField>(field: Field) => {
    const saying = brands.find((brand) => fieldOf(brand, field) !== undefined)
    return saying && fieldOf(saying, field)
  }
  const primary = safeColour(first('colours.primary'), usual.primary)
  const displayName = brands[0]?.displayName ?? name
  return {
    displayName,
    colours: {
      primary,
      onPrimary: readableOn(primary),
      accent: safeColour(first('colours.accent'), usual.accent),
      background: safeColour(first('colours.background'), usual.background),
    },
    theme: first('theme') ?? 'auto',
    supportEmail: first('supportEmail'),
    senderName: first('senderName') ?? displayName,
    footer: first('footer'),
    poweredBy: first('poweredBy') ?? true,
    images: { logoLight: first('images.logoLight'), logoDark: first('images.logoDark'), favicon: first('images.favicon') },
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
