import { randomBytes } from 'node:crypto'
import type { Target } from './document.ts'
import type { Ask } from './fixture.ts'

/** An id that never was, made like one that is. */
export function absentLike(id: string): string {
  return `${id.slice(0, 24)}${randomBytes(6).toString('hex')}`
}

/** The same ask with other ids in its path. */
export function withPathIds<A extends Ask>(ask: A, ids: Readonly<Record<string, string>>): A {
  return { ...ask, params: { ...ask.params, ...ids } }
}

/** The path ids of somebody's ask, by name. */
export function pathIdTable(target: Target, ask: Ask): Record<string, string> {
  return Object.fromEntries(
    target.pathIds.flatMap((name) => (ask.params?.[name] === undefined ? [] : [[name, ask.params[name]]])),
  )
}

/** What a pointer such as `grants/0` leads to; undefined when there is nothing. */
export function valueAt(body: unknown, pointer: string): unknown {
  return pointer.split('/').reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], body)
}

/** A copy of the body with something else at the pointer; lists and objects on the way are made where there are none. */
export function withValueAt(body: unknown, pointer: string, value: unknown): unknown {
  const copy: unknown = structuredClone(body ?? {})
  const steps = pointer.split('/')
  const last = steps.pop() as string
  let place = copy as Record<string, unknown>
  steps.forEach((step, index) => {
    const next = steps[index + 1] ?? last
    place[step] ??= /^\d+$/.test(next) ? [] : {}
    place = place[step] as Record<string, unknown>
  })
  place[last] = value
  return copy
}
