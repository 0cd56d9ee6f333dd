import { TenantryProblem } from '@tenantry/client'
import { showList, showTime } from '../i18n/format.ts'

export interface ProblemInWords {
  readonly title: string
  readonly detail: string
  readonly advice: string | undefined
  /** What is wrong with which field of the input. */
  readonly fields: readonly { readonly name: string; readonly message: string }[]
  readonly requestId: string | undefined
}

type Translate = (key: string, values: Record<string, unknown>) => string

/**
 * Any thrown thing in words for people, of the files `common` and `problems`. By its code, and within that by the last of the
 * problem's members of which there are words: later ones say more. A code without words, such as a system's own, speaks as the server does.
 */
export function describeProblem(error: unknown, t: Translate): ProblemInWords {
  if (!(error instanceof TenantryProblem)) {
    return { title: t('offline.title', {}), detail: t('offline.detail', {}), advice: undefined, fields: [], requestId: undefined }
  }
  const { code, message, members } = error
  const values = { ...shown(error), detail: message, defaultValue: '' }
  const given = Object.keys(values)
    .toReversed()
    .map((member) => t(`problems:${code}.given.${member}`, values))
  const own = given.find((text) => text !== '') ?? t(`problems:${code}.text`, values)
  return {
    title: t(`problems:${code}.title`, { defaultValue: error.title }),
    detail: own === '' ? message : own,
    advice: own === '' ? error.advice : undefined,
    fields: fieldsOf(members),
    requestId: error.status >= 500 ? error.requestId : undefined,
  }
}

/** What the problem says of itself, as a sentence holds it; what is empty is not said. */
function shown({ members, retryAfter }: TenantryProblem): Record<string, unknown> {
  const all = Object.entries({ ...members, ...(retryAfter !== undefined && { retryAfter }) })
  return Object.fromEntries(
    all
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]) => [name, shownValue(value)]),
  )
}

function shownValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? showList(value) : ''
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? showTime(value) : value
}

/** For `form.setErrors`: `{ name: 'Too long' }`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof TenantryProblem)) return {}
  return Object.fromEntries(fieldsOf(error.members).map(({ name, message }) => [name, message]))
}

function fieldsOf({ errors }: TenantryProblem['members']): { name: string; message: string }[] {
  if (!Array.isArray(errors)) return []
  return (errors as { pointer?: string; message: string }[]).map(({ pointer = '', message }) => ({
    name: pointer.replace(/^\//, '').replaceAll('/', '.'),
    message,
  }))
}
