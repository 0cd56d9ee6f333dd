import type { FastifyInstance } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import type { Pages } from './pages.ts'
import { dataHeaders } from './security-headers.ts'

/**
 * `/assets/<name>`: what pages load. The same on every host, so that nothing of a tenant is in it. A name bears a digest of what
 * it names, so that it can be kept for good.
 */
export function addPageFiles(server: FastifyInstance, pages: Pages): void {
  server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const file = await pages.file(request.params.name, request.headers['accept-encoding'])
    if (file === undefined) throw problems.not_found('There is nothing here.')
    const kept = 'public, max-age=31536000, immutable'
    return reply.headers({ ...dataHeaders, 'cache-control': kept, ...file.headers }).send(file.body)
  })
}
