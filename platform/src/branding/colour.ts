import { clampChroma, formatHex, oklch, wcagContrast } from 'culori'

/** `#rrggbb`. */
export type Colour = `#${string}`

/** What WCAG 2 asks of text. */
export const readableContrast = 4.5

/** A colour from outside, or the fallback: what goes into a style must not be able to end it. */
export function safeColour(value: string | undefined, fallback: Colour): Colour {
  return value !== undefined && /^#[0-9a-f]{6}$/i.test(value) ? (value.toLowerCase() as Colour) : fallback
}

/** Black or white, whichever is read more easily on the colour. One of them always can be. */
export function readableOn(background: Colour): '#000000' | '#ffffff' {
  return contrast(background, '#000000') >= contrast(background, '#ffffff') ? '#000000' : '#ffffff'
}

/** Between 1 and 21, as WCAG 2 reckons it; two decimals, rounded down, so that 4.499 is not told as 4.5. */
export function contrast(one: Colour, other: Colour): number {
  return Math.floor(wcagContrast(one, other) * 100) / 100
}

export function isDark(colour: Colour): boolean {
  return readableOn(colour) === '#ffffff'
}

/** Where the colour itself stands among its shades. */
const own = 6

/** Ten shades of one hue, light to dark, even to the eye; the seventh is the colour itself. */
export function shadesOf(colour: Colour): readonly Colour[] {
  const { l, c, h = 0 } = oklch(colour) as { l: number; c: number; h?: number }
  const lightest = Math.max(l, 0.97)
  return Array.from({ length: 10 }, (_, index) => {
    if (index === own) return colour
    const towards = index / own
    const lightness = index < own ? lightest + (l - lightest) * towards : l * (1 - 0.14 * (index - own))
    const chroma = index < own ? c * (0.12 + 0.88 * towards) : c
    // Not every hue is as strong in every lightness: what a screen cannot show loses strength and keeps its hue.
    return formatHex(clampChroma({ mode: 'oklch', l: lightness, c: chroma, h }, 'oklch')) as Colour
  })
}

/** The shade nearest to the colour that can be read on all of the backgrounds, which are light or dark together; else black or white. */
export function readableShade(shades: readonly Colour[], ...backgrounds: readonly [Colour, ...Colour[]]): Colour {
  const away = isDark(backgrounds[0]) ? shades.slice(0, own + 1).reverse() : shades.slice(own)
  const isRead = (shade: Colour) => backgrounds.every((background) => contrast(shade, background) >= readableContrast)
  return away.find(isRead) ?? readableOn(backgrounds[0])
}
