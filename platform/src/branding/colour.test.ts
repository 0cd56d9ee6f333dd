import { expect, test } from 'vitest'
import { resolveBrand } from './brand.ts'
import { type Colour, contrast, isDark, readableOn, shadesOf } from './colour.ts'
import { contrastWarnings } from './contrast-warnings.ts'
import { changeBrand, presets } from './presets.ts'
import { styleSheetOf, variablesIn } from './style-sheet.ts'

const of = (colours: object, theme = 'light') => resolveBrand('Northwind', [{ colours, theme }])

test('text on a colour can be read', () => {
  expect([readableOn('#000000'), readableOn('#ffffff'), readableOn('#ffdd00'), readableOn('#1f4e79')]).toEqual([
    '#ffffff',
    '#000000',
    '#000000',
    '#ffffff',
  ])
})

test.each(['#1f4e79', '#ffdd00', '#000000', '#ffffff', '#ff0000', '#00ff88', '#7a7a7a'] as const)(
  'the shades of %s go from light to dark around the colour itself',
  (colour) => {
    const shades = shadesOf(colour)
    expect(shades).toHaveLength(10)
    expect(shades[6]).toBe(colour)
    for (const shade of shades) expect(shade).toMatch(/^#[0-9a-f]{6}$/)
    const towardsBlack = shades.map((shade) => contrast(shade, '#ffffff'))
    expect(towardsBlack).toEqual([...towardsBlack].sort((a, b) => a - b))
    const { '--brand-text': text, '--brand-text-dark': light, '--brand-1': soft } = variablesIn('light', of({ primary: colour }))
    for (const [one, other] of [
      [text, '#ffffff'],
      [text, soft],
      [light, '#16191d'],
      [light, '#2e2e2e'],
    ]) {
      expect(contrast(one as Colour, other as Colour), `${one} on ${other}`).toBeGreaterThanOrEqual(4.5)
    }
  },
)

test('what cannot be read is told with its numbers', () => {
  expect(contrastWarnings(of({ primary: '#ffdd00' }))).toEqual([
    {
      what: 'primary_on_background',
      scheme: 'light',
      foreground: '#ffdd00',
      background: '#ffffff',
      ratio: expect.closeTo(1.35, 1),
      needed: 4.5,
    },
  ])
  expect(contrastWarnings(of({ primary: '#1f4e79', background: '#101010' })).map(({ what }) => what)).toEqual([
    'background_not_used',
  ])
})

test('[FIN-10] each preset is a theme with colours that can be read', () => {
  for (const [name, preset] of Object.entries(presets)) {
    const brand = resolveBrand('Northwind', [changeBrand({ footer: 'kept' }, { preset: name as keyof typeof presets })])
    expect(brand.theme).toBe(preset.theme)
    expect(brand.footer).toBe('kept')
    expect(contrastWarnings(brand), name).toEqual([])
  }
  expect(Object.keys(presets)).toEqual(['light', 'dark', 'auto', 'professional'])
})

test("a dark theme has a dark page, whatever background was chosen for light ones; auto follows the visitor's system", () => {
  const dark = variablesIn('dark', of({ background: '#fff8e1' }))
  expect(isDark(dark['--brand-background'] ?? '#ffffff')).toBe(true)
  expect(styleSheetOf(of({}, 'dark'))).toMatch(/^:root \{ color-scheme: dark;/)
  expect(styleSheetOf(of({}, 'auto'))).toContain('@media (prefers-color-scheme: dark)')
  expect(styleSheetOf(of({}, 'light'))).not.toContain('@media')
})

test('a style sheet holds variables of colours and nothing else, whatever is stored', () => {
  const stored = { colours: { primary: 'red}body{background:url(//x)' }, displayName: '</style>', footer: 'x{}' }
  const css = styleSheetOf(resolveBrand('</style><script>', [{ ...stored, theme: 'light' }]))
  expect(css.replaceAll(/--brand-[a-z0-9-]+: #[0-9a-f]{6}/g, '')).not.toMatch(/[<@\\]|url|body|red/)
})
