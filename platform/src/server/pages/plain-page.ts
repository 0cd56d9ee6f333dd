import { escapeHtml, htmlPage } from '../../http/page-shell.ts'
import type { Answer } from '../../http/pipeline.ts'
import { pageHeaders } from '../../http/security-headers.ts'

/** A page of the server's own, for when there is none of the console's: it names nobody. */
function plainPage(status: number, title: string, text: string): Answer {
  const body = htmlPage(title, `<main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>`)
  return { status, headers: { ...pageHeaders, 'content-type': 'text/html; charset=utf-8' }, body }
}

/** One page for every host and address where there is nothing, whatever the reason: it must not tell which. */
export const nothingHerePage = plainPage(404, 'There is nothing here', 'Please check the address, or ask whoever gave it to you.')

export const notBuiltPage = plainPage(
  503,
  'The pages are not built',
  'The API is at work. `npm start` in the checkout builds them; the option `console-folder` names pages that are built elsewhere.',
)
