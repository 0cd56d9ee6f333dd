import type { components, paths } from '@tenantry/client'

export type BulkOperation = components['schemas']['BulkOperation']
export type BulkResult = components['schemas']['BulkResult']
export type NewBulk = paths['/v1/operations/bulk']['post']['requestBody']['content']['application/json']
export type BulkAction = NewBulk['action']
export type ActionName = BulkAction['do']

export const actionNames = [
  'suspend',
  'resume',
  'archive',
  'restore',
  'assign_plan',
  'put_override',
  'end_override',
  'notify',
] as const
/** Before these, whoever orders them types how many tenants they are about. */
export const dangerous: ReadonlySet<ActionName> = new Set(['suspend', 'archive'])

export interface BulkValues {
  readonly do: ActionName
  readonly mode: 'blocked' | 'read_only'
  readonly plan: string
  readonly kind: 'limit' | 'feature' | 'value'
  readonly name: string
  /** As it was typed; empty is unlimited for a limit. */
  readonly value: string
  /** `2027-01-31`, or empty for as long as nobody ends it. */
  readonly until: string
  readonly subject: string
  readonly message: string
  readonly reason: string
}

export const usualValues: BulkValues = {
  do: 'suspend',
  mode: 'blocked',
  plan: '',
  kind: 'limit',
  name: '',
  value: '',
  until: '',
  subject: '',
  message: '',
  reason: '',
}

export function actionOf(values: BulkValues): BulkAction {
  const { kind, name, plan, mode, until, subject, message } = values
  switch (values.do) {
    case 'suspend':
      return { do: 'suspend', mode }
    case 'assign_plan':
      return { do: 'assign_plan', plan }
    case 'end_override':
      return { do: 'end_override', kind, name }
    case 'notify':
      return { do: 'notify', subject, message }
    case 'put_override':
      return { do: 'put_override', kind, name, value: overrideValue(kind, values.value), expiresAt: endOf(until) }
    default:
      return { do: values.do }
  }
}

/** What an override is set to: a number or unlimited, yes or no, a number or text. */
export function overrideValue(kind: BulkValues['kind'], typed: string): number | boolean | string | null {
  if (kind === 'feature') return typed !== 'false'
  if (typed.trim() === '') return kind === 'limit' ? null : ''
  const number = Number(typed)
  return Number.isFinite(number) ? number : typed
}

/** The end of a day in UTC, from a field of dates. */
export function endOf(day: string): string | null {
  return day === '' ? null : `${day}T23:59:59Z`
}
