import type { ResolvedBrand } from './brand.ts'
import { type Colour, readableOn, readableShade, shadesOf } from './colour.ts'
import { backgroundIn, type Scheme, usualScheme } from './scheme.ts'

type Colours = Pick<ResolvedBrand, 'colours'>

/** The lightest of the dark surfaces that pages put text on. */
const darkSurface = '#2e2e2e'

/** All variables of a brand in one scheme: each value is one of ours, made of colours that were looked at. */
export function variablesIn(scheme: Scheme, brand: Colours): Record<string, Colour> {
  const { primary, onPrimary, accent } = brand.colours
  const shades = shadesOf(primary)
  const [, soft = '#ffffff'] = shades
  return {
    ...Object.fromEntries(shades.map((shade, index) => [`--brand-${index}`, shade] as const)),
    '--brand-primary': primary,
    '--brand-on-primary': onPrimary,
    '--brand-accent': accent,
    '--brand-on-accent': readableOn(accent),
    // The brand's colour as text, on pages and on its own light shades.
    '--brand-text': readableShade(shades, backgroundIn('light', brand), soft),
    '--brand-text-dark': readableShade(shades, backgroundIn('dark', brand), darkSurface),
    ...changing(scheme, brand),
  }
}

/** A brand as variables and nothing else. */
export function styleSheetOf(brand: Colours & Pick<ResolvedBrand, 'theme'>): string {
  const usual = usualScheme(brand.theme)
  const other = usual === 'light' ? 'dark' : 'light'
  const inOther = block(other, changing(other, brand))
  const rules = [
    `:root ${block(usual, variablesIn(usual, brand))}`,
    // Until a page has said which scheme it shows, the visitor's system decides; then the page does.
    ...(brand.theme === 'auto'
      ? [`@media (prefers-color-scheme: dark) { :root:not([data-mantine-color-scheme]) ${inOther} }`]
      : []),
    `:root[data-mantine-color-scheme='${other}'] ${inOther}`,
  ]
  return `${rules.join('\n')}\n`
}

/** Those that are another colour in the other scheme. */
function changing(scheme: Scheme, brand: Colours): Record<string, Colour> {
  return { '--brand-background': backgroundIn(scheme, brand) }
}

function block(scheme: Scheme, variables: Readonly<Record<string, Colour>>): string {
  const lines = Object.entries(variables).map(([name, colour]) => `${name}: ${colour}`)
  return `{ ${[`color-scheme: ${scheme}`, ...lines].join('; ')} }`
}
