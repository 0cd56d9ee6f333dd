import { escapeHtml } from '../http/page-shell.ts'
import type { ResolvedBrand } from './brand.ts'

/** A sign for who has uploaded none: the first letter on the brand's colour. SVG. */
export function drawnIcon({ displayName, colours }: Pick<ResolvedBrand, 'displayName' | 'colours'>): string {
  // As a reader counts letters, not as they are stored.
  const [first] = new Intl.Segmenter().segment(displayName.trim())
  const letter = escapeHtml(first?.segment.toLocaleUpperCase() ?? '')
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="${colours.primary}"/>` +
    `<text x="32" y="33" font-family="system-ui, sans-serif" font-size="40" font-weight="600" fill="${colours.onPrimary}" ` +
    `text-anchor="middle" dominant-baseline="central">${letter}</text></svg>\n`
  )
}
