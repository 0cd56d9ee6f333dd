import { TenantryProblem } from '@tenantry/client'

export interface ProblemInWords {
  readonly title: string
  readonly detail: string
  readonly advice: string | undefined
  /** What is wrong with which field of the input. */
  readonly fields: readonly { readonly name: string; readonly message: string }[]
  readonly requestId: string | undefined
}

type Translate = (key: string, values: Record<string, unknown>) => string

/** Any thrown thing in words for people. Its own words for a code (`problems.<code>`) come before the server's English. */
export function describeProblem(error: unknown, t: Translate): ProblemInWords {
  if (!(error instanceof TenantryProblem)) {
    return { title: t('offline.title', {}), detail: t('offline.detail', {}), advice: undefined, fields: [], requestId: undefined }
  }
  const own = t(`problems.${error.code}`, { defaultValue: '', ...error.members })
  return {
    title: own === '' ? error.title : own,
    detail: error.message,
    advice: error.advice,
    fields: fieldsOf(error),
    requestId: error.status >= 500 ? error.requestId : undefined,
  }
}

/** For `form.setErrors`: `{ name: 'Too long' }`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof TenantryProblem)) return {}
  return Object.fromEntries(fieldsOf(error).map(({ name, message }) => [name, message]))
}

function fieldsOf({ members }: TenantryProblem): { name: string; message: string }[] {
  if (!Array.isArray(members.errors)) return []
  return (members.errors as { pointer?: string; message: string }[]).map(({ pointer = '', message }) => ({
    name: pointer.replace(/^\//, '').replaceAll('/', '.'),
    message,
  }))
}
