import { TenantryProblem } from '@tenantry/client'
import { fieldErrors } from '../api/describe-problem.ts'
import { t } from './words.ts'

/** The one place that says what went wrong, in words of this entry where it has some for the code. */
export function Problem({ error }: { readonly error: unknown }) {
  if (error === undefined) return null
  const { token, ...others } = fieldErrors(error)
  const fields = Object.values(others)
  return (
    <div className="problem" role="alert">
      <p>{token === undefined ? sentenceOf(error) : t('problems.link_invalid')}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof TenantryProblem)) return t('problems.offline')
  const minutes = Math.max(1, Math.ceil((error.retryAfter ?? 60) / 60))
  return t(`problems.${error.code}`, { defaultValue: error.message, count: minutes })
}

export function isProblem(error: unknown, code: string): boolean {
  return error instanceof TenantryProblem && error.code === code
}
