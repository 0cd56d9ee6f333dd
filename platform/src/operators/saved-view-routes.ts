import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { NewSavedView, SavedView } from './saved-views.ts'

const shared = { permission: 'operator', tags: ['Operators'] } as const

const listSavedViews = route({
  ...shared,
  method: 'GET',
  path: '/v1/saved-views',
  operation: 'listSavedViews',
  summary: 'List the views that you saved, by name',
  query: z.strictObject({ page: NewSavedView.shape.page.optional() }),
  responses: { 200: z.object({ items: z.array(SavedView) }).meta({ id: 'SavedViews' }) },
  handle: async ({ principal, query, services }) => ({ items: await services.savedViews.list(principal.id, query.page) }),
})

const saveView = route({
  ...shared,
  method: 'POST',
  path: '/v1/saved-views',
  operation: 'saveView',
  summary: 'Save the filters of a page under a name; one of the same name is replaced',
  body: NewSavedView,
  responses: { 201: SavedView },
  problems: ['conflict'],
  handle: async ({ principal, body, services }) => reply(201, await services.savedViews.save(principal.id, body)),
})

const removeView = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/saved-views/{id}',
  operation: 'removeView',
  summary: 'Remove a view that you saved',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 204: null },
  handle: async ({ principal, params, services }) => {
    await services.savedViews.remove(principal.id, params.id)
    return reply(204)
  },
})

export const savedViewRoutes: readonly Route[] = [listSavedViews, saveView, removeView]
