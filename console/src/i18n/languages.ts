/** What people can choose. A pseudo-language is for whoever looks for words that nobody translated: `?lang=en-XA`. */
export const languages = { en: 'English', de: 'Deutsch' } as const
/** `en-XA`: accents and a third more letters; `ar-XB`: English, written from right to left. */
export const pseudoLanguages = ['en-XA', 'ar-XB'] as const

export type Language = keyof typeof languages | (typeof pseudoLanguages)[number]

const kept = 'language'

/** `?lang=`, then what was chosen before, then what the tenant speaks, then what the browser asks for, then English. */
export function chosenLanguage(ofTenant: string | undefined): Language {
  const asked = new URLSearchParams(location.search).get('lang')
  if (asked !== null && isLanguage(asked)) {
    localStorage.setItem(kept, asked)
    return asked
  }
  const wishes = [localStorage.getItem(kept), ofTenant, ...navigator.languages]
  for (const wish of wishes) {
    if (wish && isLanguage(wish)) return wish
    const plain = wish?.split('-')[0]
    if (plain && isLanguage(plain)) return plain
  }
  return 'en'
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(kept, language)
  const url = new URL(location.href)
  url.searchParams.delete('lang')
  location.assign(url)
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar-XB' ? 'rtl' : 'ltr'
}

/** For Intl: dates and numbers of a pseudo-language are English. */
export function localeOf(language: Language): string {
  return language === 'en-XA' || language === 'ar-XB' ? 'en' : language
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text) || (pseudoLanguages as readonly string[]).includes(text)
}
