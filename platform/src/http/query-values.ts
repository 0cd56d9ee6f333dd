import { z } from 'zod'

/**
 * A whole number in a query: `10`, not `1e1`, `0x0a`, ` 10` or nothing. Shown as an integer in the reference.
 *
 * @example
 * query: z.strictObject({ limit: queryInteger(1, 200).default(50) })
 */
export function queryInteger(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^-?(0|[1-9][0-9]{0,15})$/, 'Must be a whole number.')
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .meta({ type: 'integer', minimum, maximum, pattern: undefined })
}

/** `true` or `false`, nothing else. */
export function queryBoolean() {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .meta({ type: 'boolean', enum: undefined })
}

/** Values side by side, `a,b,c`: a query key may be given once only. At most `most` of them, none empty. */
export function queryList(most = 100) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1)).min(1).max(most))
}
