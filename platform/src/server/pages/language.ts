/** What the pages speak: `console/src/i18n/languages.ts`. */
const spoken = ['en', 'de']

/** The language of the document until the page itself has chosen; of the browser's wishes the first that is spoken. */
export function languageOf(acceptLanguage: string | undefined): string {
  const wishes = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', quality] = part
      .trim()
      .toLowerCase()
      .split(/;\s*q=/)
    return { language: tag.split('-')[0] ?? '', weight: quality === undefined ? 1 : Number(quality) || 0 }
  })
  const known = wishes.filter(({ language, weight }) => weight > 0 && spoken.includes(language))
  return known.sort((a, b) => b.weight - a.weight)[0]?.language ?? 'en'
}
