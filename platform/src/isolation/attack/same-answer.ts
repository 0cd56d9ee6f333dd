import type { Answer } from './wire.ts'

/** Of the single request or of the moment, never of what was asked about. */
const momentary = new Set(['date', 'x-request-id', 'ratelimit', 'retry-after', 'keep-alive', 'connection'])

/**
 * What tells two answers apart, in words; undefined when nobody can. What the caller himself sent (`sent`, by answer) may be
 * repeated to him: it tells him nothing.
 */
export function difference(one: Answer, two: Answer, sentOne: readonly string[], sentTwo: readonly string[]): string | undefined {
  if (one.status !== two.status) return `status ${one.status} and ${two.status}`
  const names = new Set([...Object.keys(one.headers), ...Object.keys(two.headers)])
  for (const name of names) {
    if (momentary.has(name)) continue
    const [left, right] = [without(one.headers[name] ?? '', sentOne), without(two.headers[name] ?? '', sentTwo)]
    if (left !== right) return `header ${name}: "${left}" and "${right}"`
  }
  const [left, right] = [without(one.text, sentOne), without(two.text, sentTwo)]
  if (left === right) return undefined
  const at = [...left].findIndex((character, index) => character !== right[index])
  return `body from character ${at} on: "${left.slice(at, at + 60)}" and "${right.slice(at, at + 60)}"`
}

function without(text: string, sent: readonly string[]): string {
  return sent.reduce((rest, each) => (each === '' ? rest : rest.replaceAll(each, '<sent>')), text)
}
