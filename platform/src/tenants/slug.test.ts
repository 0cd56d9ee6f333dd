import { expect, test } from 'vitest'
import type { Problem } from '../problems/problem.ts'
import { checkSlug, looksLike } from './slug.ts'

function verdict(slug: string): string {
  try {
    checkSlug(slug)
  } catch (error) {
    return (error as Problem).code
  }
  return 'available'
}

test.each(['northwind', 'harbour-estates', 'mall', 'plant-7', 'b2b', 'a'.repeat(40)])('%s may be used', (slug) => {
  expect(verdict(slug)).toBe('available')
})

test.each(['ab', 'a'.repeat(41), 'Acme', 'acme_', '-acme', 'acme-', 'ac--me', 'xn--80ak6aa92e', 'äcme', 'аcme', 'a.b.c', ''])(
  "%s has no slug's form",
  (slug) => {
    expect(verdict(slug)).toBe('invalid_request')
  },
)

test.each(['admin', 'www', 'adrnin', 'adm1n', 'g00gle', 'goog1e', 'paypa1', 'da5hboard', 'ad-min', 'vvebmail', 'api', 'clocs'])(
  '%s is reserved or looks reserved',
  (slug) => {
    expect(verdict(slug)).toBe('slug_taken')
  },
)

test('tenants that a reader could confuse are recognised, different words are not', () => {
  expect(looksLike('n0rthwind', 'northwind')).toBe(true)
  expect(looksLike('north-wind', 'northwind')).toBe(true)
  expect(looksLike('rnaple', 'maple')).toBe(true)
  expect(looksLike('southwind', 'northwind')).toBe(false)
  expect(looksLike('mall', 'mail')).toBe(false)
  expect(looksLike('northwind', 'northwind')).toBe(false)
})
