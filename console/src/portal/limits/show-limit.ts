import { showBytes, showNumber } from '../../i18n/format.ts'

/** An amount of what is limited: storage is in bytes, everything else is counted. */
export function showAmount(name: string, amount: number): string {
  return name === 'storage' || name.endsWith('_bytes') ? showBytes(amount) : showNumber(amount)
}
