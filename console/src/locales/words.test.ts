import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formsOf, type Use, usesIn } from './words.test-support.ts'

type Words = { readonly [key: string]: string | Words }

const folder = import.meta.dirname
const sources = join(folder, '..')
const namespaces = readdirSync(join(folder, 'en')).map((file) => file.replace('.json', ''))
const wordsOf = (language: string, namespace: string) =>
  flat(JSON.parse(readFileSync(join(folder, language, `${namespace}.json`), 'utf8')))
const english = new Map(namespaces.map((namespace) => [namespace, wordsOf('en', namespace)]))

function flat(words: Words, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  )
}

const blanksOf = (text: string) => [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}/g)].map(([, name]) => name).sort()
const tagsOf = (text: string) => (text.match(/<\/?\w+\s*\/?>/g) ?? []).sort()

describe('words of the console', () => {
  test('each language has the same files', () => {
    const files = Object.fromEntries(
      readdirSync(folder)
        .filter((name) => !name.includes('.'))
        .map((each) => [each, readdirSync(join(folder, each)).sort()]),
    )
    for (const [language, found] of Object.entries(files)) expect([language, found]).toEqual([language, files.en])
  })

  test.each(namespaces)('%s says the same in English and in German, with the same blanks and marks', (namespace) => {
    const [en, de] = [english.get(namespace) ?? new Map<string, string>(), wordsOf('de', namespace)]
    expect([...de.keys()].sort()).toEqual([...en.keys()].sort())
    for (const [key, text] of en) {
      const other = de.get(key) ?? ''
      // English says "one" where another language may say the number.
      if (!/_(zero|one)$/.test(key)) expect([key, blanksOf(other)]).toEqual([key, blanksOf(text)])
      expect([key, tagsOf(other)]).toEqual([key, tagsOf(text)])
      expect([key, other.trim() !== '']).toEqual([key, true])
    }
  })

  test('every key that a page asks for is there', () => {
    const missing = usesIn(sources)
      .filter((use) => !isThere(use))
      .map(({ file, text }) => `${file}: ${text}`)
    expect(missing).toEqual([])
  })
})

/** In one of the files that this source names; where it names none it is handed `t` by somebody else, and any will do. */
function isThere({ namespace, among, key, isPrefix }: Use): boolean {
  const asked = namespace !== undefined ? [namespace] : among.length > 0 ? among : namespaces
  return asked.some((each) => {
    const keys = [...(english.get(each)?.keys() ?? [])]
    return isPrefix
      ? keys.some((known) => known.startsWith(key))
      : formsOf(key).some((form) => keys.includes(form)) || keys.some((known) => known.startsWith(`${key}_`))
  })
}
