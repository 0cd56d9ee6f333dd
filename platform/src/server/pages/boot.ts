import { escapeHtml, linkElement } from '../../http/page-shell.ts'
import type { Entry } from './built-console.ts'

/** What a page knows before it asks anything, as `console/src/boot.ts` reads it. Anybody may see it. */
export interface Boot {
  readonly entry: Entry
  readonly name: string
  readonly tenant?: { readonly slug: string; readonly system: string }
  readonly logo?: { readonly light?: string; readonly dark?: string }
  readonly scheme: 'light' | 'dark' | 'auto'
  readonly footer?: string
  readonly supportEmail?: string
  readonly poweredBy: boolean
  /** Origin of the base domain. */
  readonly base: string
  /** BCP 47, of the tenant: for whoever has chosen no language himself. */
  readonly locale?: string
  /** Systems of which anybody may open a tenant. */
  readonly signUp?: readonly { readonly system: string; readonly title: string }[]
  /** The browser has shown the cookie of a session. It may be over. */
  readonly hasSession?: true
  readonly demo?: readonly DemoPerson[]
}

/** Somebody of the demo, one click away. */
export interface DemoPerson {
  readonly id: string
  readonly label: string
  /** Name of the tenant that he comes to; empty for an operator. */
  readonly tenant: string
  /** What he is there: `owner`, or `operator`. */
  readonly role: string
}

export interface PageParts {
  /** Of the build, with its placeholders. */
  readonly template: string
  readonly nonce: string
  readonly boot: Boot
  /** What the `head` holds beside the build's own. */
  readonly links: readonly Readonly<Record<string, string>>[]
  readonly language: string
}

/**
 * Puts into a built page what is known now. Everything is escaped where it stands: none of it was written by somebody who may
 * write markup.
 */
export function fillPage({ template, nonce, boot, links, language }: PageParts): string {
  // A `<` in a script element could end it.
  const data = JSON.stringify(boot).replaceAll('<', '\\u003c')
  const parts: Readonly<Record<string, string>> = {
    __NONCE__: nonce,
    '<!--head-->': `<title>${escapeHtml(boot.name)}</title>`,
    // Last, so that a tenant's colours come after those of the build.
    '</head>': `${links.map(linkElement).join('\n')}</head>`,
    '<!--boot-->': `<script type="application/json" id="boot">${data}</script>`,
    'lang="en"': `lang="${escapeHtml(language)}"`,
  }
  // One pass: what was put in is not looked at again.
  return template.replace(/__NONCE__|<!--head-->|<\/head>|<!--boot-->|lang="en"/g, (mark) => parts[mark] ?? mark)
}
