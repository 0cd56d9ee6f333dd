import { usage } from './refusal.ts'

const usual = 100
const most = 1_000

/** `--limit`. */
export function readLimit(text: string | undefined): number {
  const limit = text === undefined ? usual : Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw usage(`--limit: a whole number from 1 to ${most}`)
  return limit
}
