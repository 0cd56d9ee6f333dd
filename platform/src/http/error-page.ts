import { readFileSync } from 'node:fs'
import type { ProblemDefinition } from '../problems/problem.ts'
import { renderMarkdown } from './markdown.ts'
import { escapeHtml, htmlPage } from './page-shell.ts'

/** Where the hand-kept pages are: `docs/errors/<code>.md`. */
const pages = new URL('../../../docs/errors/', import.meta.url)

/** The page of a code: the hand-kept one, or what the catalogue says where there is none (an application's own codes). */
export function errorPage(code: string, definition: ProblemDefinition): string {
  const written = readPage(code)
  if (written !== undefined) return htmlPage(`${definition.title} (${code})`, `<main>${renderMarkdown(written)}</main>`)
  const { title, status, advice } = definition
  const lines = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><code>${escapeHtml(code)}</code>, status ${status}</p>`,
    `<p>${escapeHtml(advice)}</p>`,
  ]
  return htmlPage(`${title} (${code})`, `<main>${lines.join('')}</main>`)
}

function readPage(code: string): string | undefined {
  try {
    return readFileSync(new URL(`${code}.md`, pages), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
