/** Text as it may stand in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export interface PageShellOptions {
  readonly language?: string
  /** Attributes of `link` elements, after that of the server's own style sheet. */
  readonly links?: readonly Readonly<Record<string, string>>[]
}

/** A whole page without script; the style sheet is the server's own. */
export function htmlPage(title: string, body: string, { language = 'en', links = [] }: PageShellOptions = {}): string {
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${[{ rel: 'stylesheet', href: '/docs/style.css' }, ...links].map(linkElement).join('\n')}
</head>
<body>
${body}
</body>
</html>
`
}

export function linkElement(attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escapeHtml(value)}"`)
  return `<link ${written.join(' ')}>`
}

export const styleSheet = `
:root { color-scheme: light dark; --line: light-dark(#d9dde3, #3a3f47); --soft: light-dark(#f4f6f8, #20242a); --link: light-dark(#0b5cad, #7db8f5) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: light-dark(#1c2127, #e4e7eb); background: light-dark(#fff, #16191d) }
a { color: var(--link) }
code, pre { font: 0.9em/1.5 ui-monospace, monospace }
pre { padding: 0.8em 1em; overflow-x: auto; background: var(--soft); border-radius: 6px }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
.reference { display: grid; grid-template-columns: 17rem minmax(0, 1fr) }
.reference main { margin: 0 }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: 0.9rem }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0 } nav a { text-decoration: none }
article { padding: 1.2rem 0; border-top: 1px solid var(--line) }
.method { display: inline-block; min-width: 4.2em; font-weight: 700 }
.guards { color: light-dark(#57606a, #9aa4b0); font-size: 0.9rem }
table { width: 100%; border-collapse: collapse; font-size: 0.93rem } th, td { padding: 0.35rem 0.6rem 0.35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
main.notice { border-top: 0.4rem solid var(--brand-primary, transparent) }
.notice img { max-width: 16rem; max-height: 4.5rem } .notice footer { margin-top: 3rem; font-size: 0.9rem }
summary { cursor: pointer; padding: 0.2rem 0 }
@media (max-width: 48rem) { .reference { grid-template-columns: 1fr } nav { position: static; height: auto; border: 0 } }
`
