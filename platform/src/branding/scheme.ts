import type { ResolvedBrand } from './brand.ts'
import { type Colour, isDark } from './colour.ts'

export type Scheme = 'light' | 'dark'

const backgrounds = { light: '#ffffff', dark: '#16191d' } as const

/** A background holds in the scheme that it belongs to: a dark one is no page of light controls. */
export function backgroundIn(scheme: Scheme, { colours }: Pick<ResolvedBrand, 'colours'>): Colour {
  return isDark(colours.background) === (scheme === 'dark') ? colours.background : backgrounds[scheme]
}

/** What a visitor without a choice of his meets, as far as it is known before he asks. */
export function usualScheme(theme: ResolvedBrand['theme']): Scheme {
  return theme === 'dark' ? 'dark' : 'light'
}
