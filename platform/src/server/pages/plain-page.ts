import { escapeHtml, htmlPage } from '../../http/page-shell.ts'
import type { Answer } from '../../http/pipeline.ts'
import { pageHeaders } from '../../http/security-headers.ts'
import type { SpokenLanguage } from './language.ts'
import { pageWords } from './page-words.ts'

export type PlainPage = 'nothing' | 'notBuilt' | 'busy' | 'failed'

/**
 * A page of the server's own, for when there is none of the console's: it names nobody. `nothing` is one page for every host and
 * address where there is nothing, whatever the reason: it must not tell which.
 */
export function plainPage(status: number, which: PlainPage, language: SpokenLanguage): Answer {
  const { title, text } = pageWords[language][which]
  const body = htmlPage(title, `<main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>`, { language })
  return { status, headers: { ...pageHeaders, 'content-type': 'text/html; charset=utf-8', vary: 'accept-language' }, body }
}
