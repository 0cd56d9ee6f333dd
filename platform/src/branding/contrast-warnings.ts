import { z } from 'zod'
import type { ResolvedBrand } from './brand.ts'
import { contrast, readableContrast, readableOn } from './colour.ts'
import { backgroundIn, usualScheme } from './scheme.ts'

export const ContrastWarning = z
  .object({
    what: z
      .enum(['primary_on_background', 'accent_on_background', 'background_not_used'])
      .describe('`background_not_used`: it is too dark for the light theme, or too light for the dark one'),
    scheme: z.enum(['light', 'dark']),
    foreground: z.string().describe('`#rrggbb`'),
    background: z.string().describe('`#rrggbb`'),
    ratio: z.number().describe('Contrast of the two, 1 to 21'),
    needed: z.number().describe('What text needs'),
  })
  .meta({ id: 'ContrastWarning' })
export type ContrastWarning = z.output<typeof ContrastWarning>

/**
 * What of a brand could not be read where visitors meet it first; no colour is read on white and on black. Nothing is refused: for
 * text, pages take the nearest shade that can be read.
 */
export function contrastWarnings(brand: Pick<ResolvedBrand, 'colours' | 'theme'>): ContrastWarning[] {
  const scheme = usualScheme(brand.theme)
  const background = backgroundIn(scheme, brand)
  const { primary, accent, background: chosen } = brand.colours
  const told = { scheme, needed: readableContrast }
  const warnings: ContrastWarning[] = [
    { ...told, what: 'primary_on_background', foreground: primary, background, ratio: contrast(primary, background) },
    { ...told, what: 'accent_on_background', foreground: accent, background, ratio: contrast(accent, background) },
  ]
  const unread = warnings.filter(({ ratio }) => ratio < readableContrast)
  if (chosen === background) return unread
  const text = readableOn(background)
  return [
    ...unread,
    { ...told, what: 'background_not_used', foreground: text, background: chosen, ratio: contrast(text, chosen) },
  ]
}
