import { cleanText } from './clean-value.ts'
import type { InputError } from './input.ts'

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Reads `a=1&b=2`. A key may appear once; what cannot be decoded or kept is an error, never a guess. */
export function parseQuery(text: string, errors: InputError[]): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  if (text === '') return query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = decode(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
    if (key === undefined || refusedKeys.has(key)) errors.push({ in: 'query', pointer: '', message: 'A name could not be read.' })
    else if (value === undefined) errors.push({ in: 'query', pointer: `/${key}`, message: 'The value could not be decoded.' })
    else if (key in query) errors.push({ in: 'query', pointer: `/${key}`, message: 'May be given once only.' })
    else query[key] = value
  }
  return query
}

function decode(text: string): string | undefined {
  if (!/[%+\u0080-\uffff]/.test(text)) return text
  try {
    return cleanText(decodeURIComponent(text.replaceAll('+', ' ')))
  } catch {
    return undefined
  }
}
