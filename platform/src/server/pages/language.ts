/** What the pages speak: `console/src/i18n/languages.ts`. */
const spoken = ['en', 'de'] as const
export type SpokenLanguage = (typeof spoken)[number]

/** Of the browser's wishes the first that is spoken, else the one that is meant otherwise. */
export function languageOf(acceptLanguage: string | undefined, otherwise: SpokenLanguage = 'en'): SpokenLanguage {
  const wishes = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', quality] = part
      .trim()
      .toLowerCase()
      .split(/;\s*q=/)
    return { language: spokenIn(tag), weight: quality === undefined ? 1 : Number(quality) || 0 }
  })
  const known = wishes.filter(({ language, weight }) => weight > 0 && language !== undefined)
  return known.sort((a, b) => b.weight - a.weight)[0]?.language ?? otherwise
}

/** The language of a BCP 47 tag, where it is spoken: `de-AT` -> `de`. */
export function spokenIn(tag: string | undefined): SpokenLanguage | undefined {
  const [language] = (tag ?? '').toLowerCase().split('-')
  return spoken.find((each) => each === language)
}
