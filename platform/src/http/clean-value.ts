import { problems } from '../problems/catalogue.ts'

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Text as it is stored: composed (NFC). Undefined for what PostgreSQL or another reader could not keep: NUL and halves of
 * surrogate pairs.
 */
export function cleanText(text: string): string | undefined {
  if (text.includes('\0') || !text.isWellFormed()) return undefined
  return text.normalize('NFC')
}

/**
 * Goes through a parsed JSON value once and answers it clean. Throws `malformed_body` for nesting beyond `depth`, numbers that
 * are not finite (`1e999` is read as infinity), text that cannot be kept, and keys that name parts of JavaScript's objects.
 */
export function cleanJson(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value) ?? refuse('It contains text with NUL or half a surrogate pair.')
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse('It contains a number too large to be kept.')
  if (value === null || typeof value !== 'object') return value
  if (depth === 0) refuse('It is nested too deeply.')
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = cleanJson(value[index], depth - 1)
    return value
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) {
    if (refusedKeys.has(key)) refuse('It contains a key that no object may have: __proto__, constructor or prototype.')
    if (cleanText(key) !== key) refuse('It contains a key that is not plain composed text.')
    object[key] = cleanJson(object[key], depth - 1)
  }
  return object
}

function refuse(why: string): never {
  throw problems.malformed_body(`The body could not be accepted. ${why}`)
}
