import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core'

/** Shades from light to dark, set by the brand's style sheet: no page knows a colour of a tenant. */
const brand = Array.from({ length: 10 }, (_, index) => `var(--brand-${index})`) as unknown as MantineColorsTuple

/** The darkest surface in light and the lightest in dark that the server looks at for text in the brand's colour. */
const softSurface = 'light-dark(var(--brand-1), var(--mantine-color-dark-6))'

export const theme = createTheme({
  colors: { brand },
  primaryColor: 'brand',
  primaryShade: 6,
  defaultRadius: 'md',
  fontFamily: 'system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, monospace',
  respectReducedMotion: true,
  cursorType: 'pointer',
  /** What is read on or in the brand's colour has the contrast that the server worked out for it. */
  variantColorResolver(input) {
    const usual = defaultVariantColorsResolver(input)
    const hue = input.color ?? 'brand'
    if (hue !== 'brand') return hue in input.theme.colors ? { ...usual, ...readable(hue, input.variant) } : usual
    if (input.variant === 'filled') {
      return { ...usual, background: 'var(--brand-primary)', hover: 'var(--brand-7)', color: 'var(--brand-on-primary)' }
    }
    if (input.variant === 'white' || input.variant === 'default') return usual
    return { ...usual, color: 'var(--mantine-color-anchor)', ...(input.variant === 'subtle' && { hover: softSurface }) }
  },
})

/** The library's own hues of warnings and states fall short of 4.5:1 in both schemes. */
function readable(hue: string, variant: string): { readonly color?: string; readonly background?: string } {
  const shade = (index: number) => `var(--mantine-color-${hue}-${index})`
  if (variant === 'filled') {
    return hue === 'red' || hue === 'gray' ? { background: shade(8), color: 'white' } : { color: 'black' }
  }
  if (variant === 'default' || variant === 'white') return {}
  return { color: `light-dark(color-mix(in srgb, ${shade(9)} 60%, black), ${shade(3)})` }
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-anchor': 'var(--brand-text)', '--mantine-color-dimmed': 'var(--mantine-color-gray-7)' },
  dark: { '--mantine-color-anchor': 'var(--brand-text-dark)', '--mantine-color-dimmed': 'var(--mantine-color-dark-1)' },
})
