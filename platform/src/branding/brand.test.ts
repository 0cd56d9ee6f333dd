import { expect, test } from 'vitest'
import { resolveBrand } from './brand.ts'

test("what a tenant has not chosen is the platform's own", () => {
  expect(resolveBrand('Northwind', [])).toMatchObject({
    displayName: 'Northwind',
    poweredBy: true,
    colours: { primary: '#1f4e79', onPrimary: '#ffffff' },
  })
})

test.each([
  { colours: { primary: 'red; background: url(https://elsewhere.example)' } },
  { logoUrl: 'javascript:alert(1)' },
  { __proto__: { displayName: 'polluted' } },
  JSON.parse('{"__proto__": {"displayName": "polluted"}}'),
  'no object',
  null,
])('a stored brand that is none (%j) changes nothing', (stored) => {
  expect(resolveBrand('Northwind', [stored])).toEqual(resolveBrand('Northwind', []))
})

test('what a tenant has not chosen comes from its parent, but for the name', () => {
  const parent = {
    displayName: 'Reseller',
    colours: { primary: '#112233', accent: '#445566' },
    poweredBy: false,
    footer: 'By Reseller',
  }
  expect(resolveBrand('Child', [{ colours: { accent: '#aa0000' } }, parent])).toMatchObject({
    displayName: 'Child',
    senderName: 'Child',
    colours: { primary: '#112233', accent: '#aa0000', background: '#ffffff' },
    poweredBy: false,
    footer: 'By Reseller',
  })
})

test('one field that is not what it should be costs none of the others', () => {
  const stored = {
    footer: 'Offices',
    theme: 'purple',
    colours: { primary: '#112233' },
    logoUrl: 'https://elsewhere.example/a.png',
  }
  expect(resolveBrand('Northwind', [stored])).toMatchObject({ footer: 'Offices', theme: 'auto', colours: { primary: '#112233' } })
})
