import { showNumber } from '../../i18n/format.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** For how long something has waited: `3 min`. Nothing at all for what does not wait. */
export function Since({ seconds }: { readonly seconds: number }) {
  if (seconds < 1) return <>–</>
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? ['second', 1]
  return <>{showNumber(Math.floor(seconds / size), { style: 'unit', unit, unitDisplay: 'short' })}</>
}
