import { showBytes, showNumber } from '../i18n/format.ts'

/** An amount of what is limited: storage is in bytes, everything else is counted. */
export function showAmount(name: string, amount: number): string {
  return name === 'storage' || name.endsWith('_bytes') ? showBytes(amount) : showNumber(amount)
}

/** What a limit is called of which nobody said more than its name: `api_calls` is "Api calls". */
export function plainName(name: string): string {
  const words = name.replaceAll(/[_.]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
