import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TenantryProblem } from '@tenantry/client'
import i18next from 'i18next'
import { beforeAll, expect, test, vi } from 'vitest'
import { problems } from '../../../platform/src/problems/catalogue.ts'

/** Nothing of a browser is here: the page would be in German. */
vi.mock('../i18n/i18n.ts', () => ({ locale: 'de' }))
const { describeProblem } = await import('./describe-problem.ts')

const locales = join(import.meta.dirname, '../locales')
const read = (language: string, file: string) => JSON.parse(readFileSync(join(locales, language, `${file}.json`), 'utf8'))

/** Codes that no page can meet, each with its reason. */
const onlyPrograms: Readonly<Record<string, string>> = {
  malformed_body: 'bodies of pages are written by the client',
  invalid_cursor: 'cursors are handed back as they came',
  invalid_line: 'no page sends line protocol',
  idempotency_key_required: 'pages send the key wherever the document asks for one',
  unsupported_grant_type: 'tokens for keys are asked for by programs',
  invalid_scope: 'tokens for keys are asked for by programs',
  invalid_audience: 'tokens for keys are asked for by programs',
  method_not_allowed: 'the client takes methods from the document',
  not_acceptable: 'the client takes content types from the document',
  other_tenant_named: 'only points of programs name a tenant',
  precondition_required: 'the client sends `If-Match` wherever the document asks for it',
  headers_too_large: 'headers are the browser’s own',
}

beforeAll(async () => {
  const resources = { de: { common: read('de', 'common'), problems: read('de', 'problems') } }
  await i18next.init({ lng: 'de', ns: ['common', 'problems'], resources, interpolation: { escapeValue: false } })
})

const answered = (code: string, members: Record<string, unknown> = {}) =>
  new TenantryProblem(
    { code, title: 'Title of the server', detail: 'Sentence of the server.', ...members },
    new Response(null, { status: 400 }),
  )
const told = (code: string, members?: Record<string, unknown>) => describeProblem(answered(code, members), i18next.t)

test('every code that the platform answers with has words in both languages, or a reason why no page meets it', () => {
  for (const language of ['en', 'de']) {
    const worded = Object.keys(read(language, 'problems'))
    expect([...worded, ...Object.keys(onlyPrograms)].sort()).toEqual(Object.keys(problems).sort())
  }
})

test('the sign-in pages have no words for codes that there are not', () => {
  const known = [...Object.keys(problems), 'offline', 'rate_limited_one', 'rate_limited_other']
  expect(Object.keys(read('en', 'sign-in').problems).filter((code) => !known.includes(code))).toEqual([])
})

test.each(Object.keys(problems).filter((code) => !(code in onlyPrograms)))('%s speaks German, title and sentence', (code) => {
  const { title, detail, advice } = told(code)
  expect(title).not.toBe('Title of the server')
  expect(detail).not.toBe('Sentence of the server.')
  expect(detail.length).toBeGreaterThan(20)
  expect(advice).toBeUndefined()
})

test('a sentence says what the problem says: names and numbers, lists, times', () => {
  const refused = { feature: 'white_label', plan: 'starter', addOns: [], plans: ['enterprise', 'custom'] }
  expect(told('feature_not_in_plan', refused).detail).toBe(
    'Der Tarif „starter“ enthält white_label nicht. Enthalten ist es in: enterprise oder custom.',
  )
  expect(told('feature_not_in_plan', { ...refused, plans: [] }).detail).toBe('Der Tarif „starter“ enthält white_label nicht.')
  expect(told('quota_exceeded', { limit: 'racks', max: 3, used: 3 }).detail).toMatch(
    /^racks: 3 von 3 sind verbraucht\. Entfernen/,
  )
  const resets = { limit: 'scans', max: 2, used: 2, remaining: 0, resetsAt: '2026-03-01T12:00:00Z' }
  expect(told('quota_exceeded', resets).detail).toMatch(/Am 01\.03\.2026, \d\d:00 beginnt es von vorn/)
})

test('where the code alone says little, the sentence of the server is told beside it', () => {
  expect(told('conflict').detail).toContain('„Sentence of the server.“')
})

test('a code of a system’s own, of which there are no words, speaks as the server does', () => {
  expect(told('building_not_granted', { advice: 'Ask somebody.' })).toMatchObject({
    title: 'Title of the server',
    detail: 'Sentence of the server.',
    advice: 'Ask somebody.',
  })
})
