import type { ResolvedBrand } from '../branding/brand.ts'

/** What a mail says; how it looks is the tenant's brand. Plain text throughout: markup in it is shown as it is. */
export interface MailContent {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** One link, as a button. http or https. */
  readonly action?: { readonly label: string; readonly url: string }
}

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Text and HTML of a mail. Tables and inline styles, because that is what mail programs show. `logo`: address of a picture in the mail. */
export function renderMail(content: MailContent, brand: ResolvedBrand, logo?: string): RenderedMail {
  if (content.action !== undefined && !/^https?:\/\//i.test(content.action.url)) {
    throw new TypeError('The link of a mail must be an address of http or https.')
  }
  return { subject: oneLine(content.subject), text: textOf(content, brand), html: htmlOf(content, brand, logo) }
}

function textOf({ paragraphs, action }: MailContent, brand: ResolvedBrand): string {
  return [
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ['-- ', ...footerLines(brand)].join('\n'),
  ].join('\n\n')
}

function htmlOf({ subject, paragraphs, action }: MailContent, brand: ResolvedBrand, logo: string | undefined): string {
  const { primary, onPrimary, accent, background } = brand.colours
  const head =
    logo === undefined
      ? escapeHtml(brand.displayName)
      : `<img src="${escapeHtml(logo)}" alt="${escapeHtml(brand.displayName)}" height="32">`
  const button =
    action === undefined
      ? ''
      : `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="background:${primary};color:${onPrimary};padding:12px 20px;border-radius:4px;text-decoration:none">${escapeHtml(action.label)}</a></p>`
  return `<!doctype html>
<html><head><meta charset="utf-8"><title>${escapeHtml(oneLine(subject))}</title></head>
<body style="margin:0;background:${background};font-family:system-ui,sans-serif;color:#1a1a1a">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="background:${primary};color:${onPrimary};padding:16px 24px;font-size:18px">${head}</td></tr>
<tr><td style="padding:24px;max-width:560px;font-size:16px;line-height:1.5">${paragraphs.map((text) => `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`).join('\n')}
${button}</td></tr>
<tr><td style="border-top:2px solid ${accent};padding:16px 24px;font-size:13px;color:#5a5a5a">${footerLines(brand).map(escapeHtml).join('<br>')}</td></tr></table>
</body></html>
`
}

function footerLines({ displayName, footer, supportEmail, poweredBy }: ResolvedBrand): string[] {
  return [
    displayName,
    ...(footer === undefined ? [] : [footer]),
    ...(supportEmail === undefined ? [] : [supportEmail]),
    ...(poweredBy ? ['Powered by Tenantry'] : []),
  ]
}

/** Line breaks in a header are another header. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}
