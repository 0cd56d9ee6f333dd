import i18next from 'i18next'

/** Words of this entry; the language changes by a new page only, so nothing has to listen. */
export const t = (key: string, values: Readonly<Record<string, unknown>> = {}): string =>
  i18next.t(key, { ns: 'sign-in', ...values })

/** Words of the installation's own first page and of its demo, which no tenant's page loads. */
export const w = (key: string): string => i18next.t(key, { ns: 'welcome' })
