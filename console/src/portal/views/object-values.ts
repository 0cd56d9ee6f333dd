import type { ObjectRow } from './object-api.ts'
import type { ViewField } from './views-query.ts'

export type Values = Readonly<Record<string, unknown>>

/** What a form begins with: what is there, or the defaults of a new one. */
export function valuesOf(fields: readonly ViewField[], row: ObjectRow | undefined): Values {
  const own = fields.filter(({ managed }) => !managed)
  return Object.fromEntries(own.map(({ name, schema }) => [name, row === undefined ? (schema.default ?? null) : row[name]]))
}

/** What of it is sent to make a new one: what was left empty is left out. */
export function creationOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))
}

/** What of it is sent to change one: what differs. An emptied text that may not be null is the empty text. */
export function changeOf(fields: readonly ViewField[], row: ObjectRow, values: Values): Values {
  const changed = fields.filter(({ name, immutable, managed }) => {
    if (immutable || managed) return false
    return (
      JSON.stringify(values[name] ?? null) !== JSON.stringify(row[name] ?? null) && !(values[name] === null && row[name] === '')
    )
  })
  return Object.fromEntries(
    changed.map(({ name, nullable, schema }) => {
      const value = values[name] ?? null
      return [name, value === null && !nullable && schema.type === 'string' ? '' : value]
    }),
  )
}
