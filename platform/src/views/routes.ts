import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { View } from './schemas.ts'

const listViews = route({
  method: 'GET',
  path: '/v1/views',
  operation: 'listViews',
  summary: "List the system's own pages, as far as you may see what is on them",
  description: 'Each with what a portal needs to draw it: fields as JSON schemas, filters, sorts, paths.',
  tags: ['Views'],
  permission: 'authenticated',
  responses: { 200: z.object({ items: z.array(View) }).meta({ id: 'Views' }) },
  handle: ({ tenant, principal, services }) => ({ items: services.views.of(tenant.system, principal) }),
})

export const viewRoutes: readonly Route[] = [listViews]
