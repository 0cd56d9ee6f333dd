import './brand-preview.css'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { type BrandState, imageQuery } from './brand-queries.ts'

export interface BrandPreviewProps {
  readonly scheme: 'light' | 'dark'
  readonly state: BrandState
  /** As it is typed, before it is stored. */
  readonly words: {
    readonly displayName: string
    readonly footer: string
    readonly supportEmail: string
    readonly poweredBy: boolean
  }
}

/** How the sign-in page would look. A picture of it: nothing in it can be used. */
export function BrandPreview({ scheme, state, words }: BrandPreviewProps) {
  const { t } = useTranslation('brand')
  const { logoLight, logoDark } = state.draft.images ?? {}
  const own = scheme === 'dark' ? (logoDark ?? logoLight) : (logoLight ?? logoDark)
  const inherited = state.inherited[scheme === 'dark' ? 'images.logoDark' : 'images.logoLight']?.value
  const logo = useQuery(imageQuery(own ?? (inherited === undefined ? undefined : String(inherited)))).data
  return (
    <figure style={{ margin: 0 }}>
      <Text component="figcaption" size="sm" mb={4}>
        {t(`preview.${scheme}`)}
      </Text>
      <div
        className="brand-preview"
        data-scheme={scheme}
        role="img"
        aria-label={t(`preview.${scheme}`)}
        style={state.variables[scheme] as CSSProperties}
      >
        {logo ? <img src={logo} alt="" /> : <strong>{words.displayName}</strong>}
        <div className="brand-preview-accent" />
        <div className="brand-preview-card">
          <span>{t('preview.mail')}</span>
          <div className="brand-preview-field" />
          <div className="brand-preview-button">{t('preview.signIn')}</div>
          <span className="brand-preview-link">{t('preview.forgotten')}</span>
        </div>
        <small>
          {words.footer} {words.supportEmail} {words.poweredBy && t('preview.poweredBy')}
        </small>
      </div>
    </figure>
  )
}
