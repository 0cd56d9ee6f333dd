import { boot } from '../boot.ts'

/** Where the console's component library keeps what the visitor chose: one choice for all pages of a host. */
const kept = 'mantine-color-scheme-value'

/** Light or dark: the visitor's own choice, else the brand's, else the device's. */
export function scheme(): 'light' | 'dark' {
  const chosen = localStorage.getItem(kept) ?? boot.scheme
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Marks the document with it, now and whenever the device changes its mind. */
export function followScheme(): void {
  const mark = () => {
    document.documentElement.dataset.mantineColorScheme = scheme()
  }
  mark()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', mark)
}
