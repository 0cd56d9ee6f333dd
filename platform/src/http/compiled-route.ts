import type { z } from 'zod'
import { compileWriter } from './response-schema.ts'
import type { Route } from './route.ts'

/** How an answer of one status is written. */
export type ResponseForm =
  | { readonly kind: 'json'; readonly write: (value: unknown) => string }
  | { readonly kind: 'stream'; readonly contentType: string }
  | { readonly kind: 'empty' }

/** A route with everything that can be worked out before the first request. */
export interface CompiledRoute {
  readonly route: Route
  /** The router's form of the path: `/v1/bms/buildings/:id/data`. */
  readonly url: string
  /** Status of an answer that names none: the lowest 2xx the route declares. */
  readonly status: number
  readonly forms: ReadonlyMap<number, ResponseForm>
  readonly bodyLimit: number
  readonly takesBody: boolean
  /** Media types of the body, JSON first. */
  readonly accepts: readonly string[]
}

export function compileRoute(route: Route, bodyLimit: number): CompiledRoute {
  const statuses = Object.keys(route.responses).map(Number)
  const status = statuses.filter((each) => each >= 200 && each < 300).sort((a, b) => a - b)[0]
  if (status === undefined) throw new Error(`Route ${route.operation} declares no 2xx response.`)
  const named = pathParameters(route.path)
  const declared = Object.keys((route.params as z.ZodObject | undefined)?.shape ?? {})
  const astray = [...named.filter((name) => !declared.includes(name)), ...declared.filter((name) => !named.includes(name))]
  if (astray.length > 0) throw new Error(`Route ${route.operation}: path and params disagree about ${astray.join(', ')}.`)
  const json = route.body === undefined ? [] : ['application/json']
  return {
    route,
    url: route.path.replaceAll(':', '::').replace(/\{(\w+)\}/g, ':$1'),
    status,
    forms: new Map(statuses.map((each) => [each, formOf(route.responses[each] as z.ZodType | null | string)])),
    bodyLimit: route.bodyLimit ?? bodyLimit,
    takesBody: route.body !== undefined || route.rawBody !== undefined,
    accepts: [...json, ...(route.rawBody?.accepts ?? [])],
  }
}

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
}

function formOf(response: z.ZodType | null | string): ResponseForm {
  if (response === null) return { kind: 'empty' }
  if (typeof response === 'string') return { kind: 'stream', contentType: response }
  return { kind: 'json', write: compileWriter(response) }
}
