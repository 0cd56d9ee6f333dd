import i18next, { type BackendModule, type i18n } from 'i18next'
import { boot } from '../boot.ts'
import { chosenLanguage, directionOf, localeOf } from './languages.ts'
import { accented } from './pseudo.ts'

type Words = { readonly [key: string]: string | Words }

const files = import.meta.glob<{ default: Words }>('../locales/*/*.json')

/** Of this page. */
export const language = chosenLanguage(boot.locale)
/** For Intl. */
export const locale = localeOf(language)

/** A namespace is a file, fetched when a page first speaks of it. */
const lazyFiles: BackendModule = {
  type: 'backend',
  init() {},
  async read(asked, namespace) {
    const file = files[`../locales/${localeOf(asked as typeof language)}/${namespace}.json`]
    const words = (await file?.())?.default ?? {}
    return asked === 'en-XA' ? pseudo(words) : words
  },
}

/** Words of this page, in the visitor's language; marks the document with it. */
export async function startI18n(
  namespaces: readonly string[],
  plugins: readonly Parameters<i18n['use']>[0][] = [],
): Promise<i18n> {
  document.documentElement.lang = locale
  document.documentElement.dir = directionOf(language)
  for (const plugin of [lazyFiles, ...plugins]) i18next.use(plugin)
  await i18next.init({
    lng: language,
    fallbackLng: false,
    load: 'currentOnly',
    ns: [...namespaces],
    defaultNS: namespaces[0] ?? 'common',
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  })
  return i18next
}

function pseudo(words: Words): Words {
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, typeof value === 'string' ? accented(value) : pseudo(value)]),
  )
}
