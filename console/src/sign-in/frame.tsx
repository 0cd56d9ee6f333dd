import type { ReactNode } from 'react'
import { boot } from '../boot.ts'
import { language } from '../i18n/i18n.ts'
import { chooseLanguage, type Language, languages } from '../i18n/languages.ts'
import { scheme } from './scheme.ts'
import { t } from './words.ts'

/** Whose page it is, around whatever there is to do: the brand's and nobody else's. */
export function Frame({ wide = false, children }: { readonly wide?: boolean; readonly children: ReactNode }) {
  return (
    <div className={wide ? 'frame wide' : 'frame'}>
      <header>
        <Mark />
      </header>
      <main>{children}</main>
      <footer>
        {boot.footer && <p>{boot.footer}</p>}
        {boot.supportEmail && (
          <p>
            <a href={`mailto:${boot.supportEmail}`}>{boot.supportEmail}</a>
          </p>
        )}
        {boot.poweredBy && boot.tenant && <p>{t('poweredBy')}</p>}
        <p className="languages">
          {Object.entries(languages).map(([tag, own]) => (
            <button
              key={tag}
              type="button"
              className="plain"
              lang={tag}
              aria-current={tag === language}
              onClick={() => chooseLanguage(tag as Language)}
            >
              {own}
            </button>
          ))}
        </p>
      </footer>
    </div>
  )
}

function Mark() {
  const logo = (scheme() === 'dark' ? boot.logo?.dark : boot.logo?.light) ?? boot.logo?.light ?? boot.logo?.dark
  if (logo !== undefined) return <img src={logo} alt={boot.name} height={40} />
  return <span className="name">{boot.name}</span>
}
