import type { RawAnswer } from './raw-send.ts'

/** What PostgreSQL says when it is asked something wrong, and what only it is called. */
const databaseWords =
  /syntax error|violates|SQLSTATE|\bpg_[a-z]|postgres|relation "|duplicate key|invalid input (syntax|value)|permission denied|row-level security|null value in column|out of range for type|canceling statement|current transaction|invalid byte sequence|unterminated|deadlock|constraint "|at character|\bTN00\d|\bselect .* from\b/i

/** What is wrong with an answer, whatever was asked; undefined when nothing is. */
export function faultOf({ status, headers, text }: RawAnswer, method: string, codes: ReadonlySet<string>): string | undefined {
  if (status >= 500) return `status ${status}`
  const word = databaseWords.exec(text)?.[0]
  if (word !== undefined) return `the database's words: ${word}`
  if (status < 400 || method === 'HEAD') return undefined
  // By its plain name where clients of another product read it.
  if (!/^application\/(problem\+)?json/.test(String(headers['content-type'])))
    return `status ${status} as ${headers['content-type']}`
  const { code, status: told, detail, advice } = JSON.parse(text) as Record<string, unknown>
  if (typeof code !== 'string' || !codes.has(code)) return `an unknown code: ${code}`
  if (told !== status) return `status ${status} whose document says ${told}`
  if (typeof detail !== 'string' || detail === '' || typeof advice !== 'string') return `${code} does not say what to do`
  return undefined
}
