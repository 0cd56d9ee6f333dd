import pg from 'pg'

/** A value as it is sent: text, bytes, or null. */
export type WireValue = string | Buffer | null

// pg has it at run time; its types do not say so.
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => WireValue } }).utils

/** PostgreSQL counts parameters in 16 bits. */
const mostValues = 65_535

/**
 * Turns values into what is sent, before anything is written: a value that cannot be sent rejects its own statement
 * and leaves the connection, which other tenants share, alone.
 * Arrays become PostgreSQL arrays, other objects JSON, a Date the instant it is.
 */
export function toWireValues(values: readonly unknown[]): readonly WireValue[] {
  if (values.length > mostValues)
    throw new RangeError(`A statement takes at most ${mostValues} values; this one has ${values.length}.`)
  const sent: WireValue[] = new Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    sent[index] = typeof value === 'string' ? value : toWireValue(value, index)
  }
  return sent
}

function toWireValue(value: unknown, index: number): WireValue {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`Value ${index + 1} of the statement is a ${typeof value} and cannot be sent.`)
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RangeError(`Value ${index + 1} of the statement is an invalid date.`)
    return value.toISOString()
  }
  return prepareValue(value)
}
