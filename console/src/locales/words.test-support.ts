import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One place where a source asks for words. */
export interface Use {
  readonly file: string
  readonly text: string
  /** As written before the colon. */
  readonly namespace: string | undefined
  /** Those that the source opens. */
  readonly among: readonly string[]
  readonly key: string
  /** The rest of the key is known only while the page runs: something has to begin like this. */
  readonly isPrefix: boolean
}

const call = /(?<![\w.])t\(\s*(?:'((?:\\.|[^'\\])*)'|`([^`]*)`)/g
const named = /i18nKey=(?:"([^"]*)"|\{`([^`]*)`\})/g
const choice = /(?<![\w.])t\(\s*[^'"`(){}]*\?\s*'([^']*)'\s*:\s*'([^']*)'\s*[,)]/g

/** All `t('…')`, `t(a ? '…' : '…')` and `i18nKey="…"` of the sources below the folder. */
export function usesIn(folder: string): Use[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test'))
    .flatMap((file) => usesOf(file, readFileSync(join(folder, file), 'utf8')))
}

function usesOf(file: string, written: string): Use[] {
  const source = written.replaceAll(/\/\*\*[\s\S]*?\*\//g, '') // examples ask for nothing
  const opened = [...source.matchAll(/useTranslation\(\s*(\[[^\]]*\]|'[^']*')/g)].flatMap(([, said = '']) =>
    [...said.matchAll(/'([^']*)'/g)].map(([, name = '']) => name),
  )
  const among = file.startsWith('sign-in/') ? ['sign-in', ...opened] : opened
  const uses: Use[] = []
  for (const [text, plain, template] of [...source.matchAll(call), ...source.matchAll(named)]) {
    const key = plain ?? template?.replace(/\$\{.*$/s, '') ?? ''
    uses.push(use(file, text, among, key, template?.includes('${') === true))
  }
  for (const [text, one = '', other = ''] of source.matchAll(choice))
    for (const key of [one, other]) uses.push(use(file, text, among, key, false))
  return uses
}

function use(file: string, text: string, among: readonly string[], said: string, isPrefix: boolean): Use {
  const [first = '', ...rest] = said.split(':')
  const hasNamespace = rest.length > 0
  return { file, text, among, isPrefix, namespace: hasNamespace ? first : undefined, key: hasNamespace ? rest.join(':') : said }
}

/** A key itself, and its forms by number. */
export function formsOf(key: string): string[] {
  return [key, ...['zero', 'one', 'two', 'few', 'many', 'other'].map((form) => `${key}_${form}`)]
}
