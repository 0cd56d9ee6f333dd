import { z } from 'zod'

const Colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'Must be a colour such as #1a2b3c.')
/** One line: it stands in titles and in the headers of mails. */
const Line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'Must be one line.')
const Email = z.email().max(254)

export const themes = ['light', 'dark', 'auto'] as const
export type Theme = (typeof themes)[number]

/** Pictures of a brand, as a path names them. */
export const imageKinds = ['logo-light', 'logo-dark', 'favicon'] as const
export type ImageKind = (typeof imageKinds)[number]
/** The same as a brand's members. */
export const imageMembers = { 'logo-light': 'logoLight', 'logo-dark': 'logoDark', favicon: 'favicon' } as const

const fields = {
  displayName: Line(200),
  theme: z.enum(themes).describe('`auto`: as the visitor has it'),
  supportEmail: Email,
  senderName: Line(100).describe('Of mails; without it the display name'),
  footer: z.string().max(500),
  poweredBy: z.boolean().describe('Whether the platform is named at all'),
}
const colours = { primary: Colour, accent: Colour, background: Colour }
const images = { logoLight: z.uuid(), logoDark: z.uuid(), favicon: z.uuid() }

/** What a tenant chose; what is missing comes from its parent, or is the platform's own. */
export const Brand = z
  .strictObject({
    ...z.strictObject(fields).partial().shape,
    colours: z.strictObject(colours).partial().optional(),
    images: z
      .strictObject(images)
      .partial()
      .optional()
      .describe('Ids of pictures of this tenant: `logoLight` for light backgrounds, `logoDark` for dark ones'),
  })
  .meta({ id: 'Brand' })
export type Brand = z.output<typeof Brand>

/** What can be said in words: pictures are uploaded, and stay what they are. */
export const BrandWords = Brand.omit({ images: true })

const nullable = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).map(([name, each]) => [name, each.nullable().optional()])) as {
    [Name in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Name]>>
  }

export const presetNames = ['light', 'dark', 'auto', 'professional'] as const
export type PresetName = (typeof presetNames)[number]

/** What changes of a draft: what is not named stays, null is the same as never chosen. */
export const BrandChange = z
  .strictObject({
    preset: z.enum(presetNames).optional().describe('Theme and colours at once; colours beside it come on top'),
    ...nullable(fields),
    colours: z.strictObject(nullable(colours)).nullable().optional(),
  })
  .meta({ id: 'BrandChange' })
export type BrandChange = z.output<typeof BrandChange>
