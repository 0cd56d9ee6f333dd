import type { Problem } from '../problems/problem.ts'
import type { Answer, RequestFacts } from './pipeline.ts'

type Eventual<T> = T | Promise<T>

/** A script, style sheet or picture that pages load. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What people's browsers are shown beside the API. This layer only asks; the server layer knows hosts, brands and files. */
export interface Pages {
  /** A file below `/assets/`, encoded as the browser takes it; undefined where there is none of the name. */
  file(name: string, acceptEncoding: string | undefined): Eventual<PageFile | undefined>
  /** The page of an address that no route took. Throws problems like a route. */
  page(facts: RequestFacts, path: string): Eventual<Answer>
  /** What a visitor is shown instead when `page` threw. */
  refused(facts: RequestFacts, problem: Problem): Answer
}

/**
 * Whether somebody has typed the address or followed a link to it. Programs, and scripts of pages, say `*` or nothing and get
 * the problem document that they can read.
 */
export function isNavigation(method: string, accept: string | undefined): boolean {
  return (method === 'GET' || method === 'HEAD') && accept !== undefined && /(^|[,\s])text\/html\s*(;|,|$)/i.test(accept)
}
