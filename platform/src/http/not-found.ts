import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import type { Assembly } from './assembly.ts'
import { type CompiledRoute, compileRoute } from './compiled-route.ts'
import { openExchange, refusalAtTheEdge } from './enter.ts'
import { isNavigation, type Pages } from './pages.ts'
import type { Method, Route } from './route.ts'
import { refuse, send } from './send.ts'

/** Stand in for the route in log and metrics when a request has none. */
const unmatched = standIn('unmatched')
const shownPage = standIn('page')

function standIn(operation: string): CompiledRoute {
  const path = `/(${operation})` as const
  const responses = { 204: null }
  return compileRoute(
    { method: 'GET', path, operation, summary: '', permission: 'public', responses, handle: () => undefined },
    0,
  )
}

/**
 * Answers what no route took: a wrong method for a known path says which are right, a browser that goes somewhere gets a page,
 * everything else is not found.
 */
export function createNotFoundHandler(assembly: Assembly, routes: readonly Route[], pages: Pages | undefined) {
  const methodsOf = createMethodFinder(routes)
  return (request: FastifyRequest, reply: FastifyReply): void => {
    try {
      const refusal = refusalAtTheEdge(assembly, request)
      if (refusal) throw refusal
      const path = request.raw.url?.split('?', 1)[0] ?? ''
      const allowed = methodsOf(path)
      // What begins like the API is the API's, also where there is nothing.
      const isPage = allowed.length === 0 && !/^\/v1(\/|$)/.test(path) && isNavigation(request.method, request.headers.accept)
      if (isPage && pages !== undefined) {
        const { facts } = openExchange(assembly, shownPage, request, reply)
        const page = async () => pages.page(facts, path)
        const draw = (problem: Problem) => pages.refused(facts, problem)
        page()
          .then((made) => send(assembly, request, reply, made))
          .catch((thrown) => refuse(assembly, request, reply, thrown, {}, draw))
        return
      }
      openExchange(assembly, unmatched, request, reply)
      if (allowed.length === 0) throw problems.not_found('No route has this path.')
      const allow = [...allowed, 'OPTIONS'].join(', ')
      // No CORS header: pages of other origins may not call this API.
      if (request.method === 'OPTIONS') send(assembly, request, reply, { status: 204, headers: { allow }, body: null })
      else refuse(assembly, request, reply, problems.method_not_allowed(`This path does not take ${request.method}.`), { allow })
    } catch (thrown) {
      refuse(assembly, request, reply, thrown)
    }
  }
}

/** Methods by path. Only asked when no route matched, so plain comparison by segments will do. */
function createMethodFinder(routes: readonly Route[]): (path: string) => string[] {
  const templates = new Map<string, { segments: readonly string[]; methods: Set<Method | 'HEAD'> }>()
  for (const { path, method } of routes) {
    const found = templates.get(path) ?? { segments: path.split('/'), methods: new Set() }
    found.methods.add(method)
    if (method === 'GET') found.methods.add('HEAD')
    templates.set(path, found)
  }
  const all = [...templates.values()]
  return (path) => {
    const segments = path.split('/')
    const matching = all.filter((template) => matches(template.segments, segments))
    return [...new Set(matching.flatMap((template) => [...template.methods]))]
  }
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => part === segments[index] || (part.startsWith('{') && segments[index] !== ''))
  )
}
