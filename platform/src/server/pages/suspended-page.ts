import { escapeHtml, htmlPage } from '../../http/page-shell.ts'
import type { Answer } from '../../http/pipeline.ts'
import { brandedPageHeaders } from '../../http/security-headers.ts'
import { languageOf, spokenIn } from './language.ts'
import type { PageBrand } from './page-brand.ts'
import { pageWords } from './page-words.ts'

/** All that a blocked tenant shows: in its own brand, that it is closed, and whom to ask. Not why: visitors may be anybody. */
export function suspendedPage(brand: PageBrand, acceptLanguage: string | undefined): Answer {
  const language = languageOf(acceptLanguage, spokenIn(brand.locale))
  const { suspended, support, poweredBy } = pageWords[language]
  const { name, supportEmail, footer } = brand
  const end = [
    supportEmail && `${escapeHtml(support)} <a href="mailto:${escapeHtml(supportEmail)}">${escapeHtml(supportEmail)}</a>`,
    footer && escapeHtml(footer),
    brand.poweredBy && escapeHtml(poweredBy),
  ]
  const lines = end.flatMap((line) => (line ? [`<p>${line}</p>`] : []))
  const body = [
    `<main class="notice"><p>${headOf(brand)}</p>`,
    `<h1>${escapeHtml(suspended.title)}</h1><p>${escapeHtml(suspended.text)}</p>`,
    `<footer>${lines.join('')}</footer></main>`,
  ]
  return {
    // As the API answers `tenant_suspended`.
    status: 403,
    headers: { ...brandedPageHeaders, 'content-type': 'text/html; charset=utf-8', vary: 'accept-language' },
    body: htmlPage(`${suspended.title} · ${name}`, body.join('\n'), { language, links: brand.links }),
  }
}

function headOf({ name, logo, scheme }: PageBrand): string {
  const usual = scheme === 'dark' ? logo?.dark : logo?.light
  if (usual === undefined) return `<strong>${escapeHtml(name)}</strong>`
  const dark =
    scheme === 'auto' && logo?.dark ? `<source media="(prefers-color-scheme: dark)" srcset="${escapeHtml(logo.dark)}">` : ''
  return `<picture>${dark}<img src="${escapeHtml(usual)}" alt="${escapeHtml(name)}"></picture>`
}
