import type { Brand, BrandChange, PresetName } from './brand-schema.ts'

type Preset = Required<Pick<Brand, 'theme' | 'colours'>>

/** Looks with a name, to begin with; each can be read everywhere. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  light: { theme: 'light', colours: { primary: '#1f4e79', accent: '#0b7285', background: '#ffffff' } },
  dark: { theme: 'dark', colours: { primary: '#4a90d9', accent: '#3bc9db', background: '#16191d' } },
  auto: { theme: 'auto', colours: { primary: '#1f4e79', accent: '#0b7285', background: '#ffffff' } },
  professional: { theme: 'light', colours: { primary: '#243447', accent: '#8a5a00', background: '#f7f8fa' } },
}

/** The brand as it is after the change. */
export function changeBrand(brand: Brand, { preset, colours, ...fields }: BrandChange): Brand {
  const start: Brand = preset === undefined ? brand : { ...brand, ...presets[preset] }
  const all = colours === null ? {} : chosen({ ...start.colours, ...colours })
  return chosen({ ...start, ...fields, colours: Object.keys(all).length === 0 ? undefined : all }) as Brand
}

/** Without what is null or missing. */
function chosen(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))
}
