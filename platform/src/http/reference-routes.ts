import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import type { ProblemDefinition } from '../problems/problem.ts'
import { errorPage } from './error-page.ts'
import type { OpenApiDocument } from './openapi.ts'
import { styleSheet } from './page-shell.ts'
import { referenceIndex } from './reference-index.ts'
import { referencePage } from './reference-page.ts'
import { dataHeaders, pageHeaders } from './security-headers.ts'

/** What readers on one kind of host are told. */
export interface Reference {
  readonly document: OpenApiDocument
  readonly definitions: ReadonlyMap<string, ProblemDefinition>
}

/**
 * What documents the API: `/v1/openapi.json`, `/docs`, `/llms.txt` and a page per error code. Public, drawn once. Each request is told what is
 * there on its host.
 */
export function addReferenceRoutes(server: FastifyInstance, referenceFor: (request: FastifyRequest) => Reference): void {
  const texts = new Map<Reference, Map<string, string>>()
  const draw = (reference: Reference, name: string, make: () => string): string => {
    const drawn = texts.get(reference) ?? new Map<string, string>()
    texts.set(reference, drawn)
    const text = drawn.get(name) ?? make()
    drawn.set(name, text)
    return text
  }
  server.get('/v1/openapi.json', (request, reply) => {
    const reference = referenceFor(request)
    const json = draw(reference, 'openapi', () => JSON.stringify(reference.document))
    answer(reply, dataHeaders, 'application/json; charset=utf-8', json)
  })
  server.get('/docs', (request, reply) => {
    const reference = referenceFor(request)
    const page = draw(reference, 'docs', () => referencePage(reference.document))
    answer(reply, pageHeaders, 'text/html; charset=utf-8', page)
  })
  server.get('/llms.txt', (request, reply) => {
    const reference = referenceFor(request)
    const text = draw(reference, 'index', () => referenceIndex(reference.document))
    answer(reply, dataHeaders, 'text/plain; charset=utf-8', text)
  })
  server.get('/docs/style.css', (_request, reply) => {
    answer(reply, pageHeaders, 'text/css; charset=utf-8', styleSheet)
  })
  server.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const { code } = request.params
    const reference = referenceFor(request)
    const definition = reference.definitions.get(code)
    if (!definition) throw problems.not_found('No catalogue has this code.')
    const page = draw(reference, `errors/${code}`, () => errorPage(code, definition))
    answer(reply, pageHeaders, 'text/html; charset=utf-8', page)
  })
}

function answer(reply: FastifyReply, headers: Readonly<Record<string, string>>, contentType: string, body: string): void {
  reply.headers(headers).headers({ 'content-type': contentType, 'cache-control': 'public, max-age=300' }).send(body)
}
