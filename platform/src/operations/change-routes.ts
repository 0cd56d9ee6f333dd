import { replyEvents } from '../http/event-stream.ts'
import { type Route, route } from '../http/route.ts'

const followChanges = route({
  method: 'GET',
  path: '/v1/operations/changes/stream',
  operation: 'followChanges',
  summary: 'Follow as server-sent events what changes: kinds and ids, for pages that ask again',
  description:
    'Events: `changed` with `{"kind", "ids"}`, kind `tenants`, `health`, `bulk`, `access`, `operators`, `jobs`, `isolation` or `nodes`; `ids` ' +
    'is null where it is not known which. `reset` comes first and whenever something was missed: what was read before may be old.',
  tags: ['Operations'],
  permission: 'operator',
  responses: { 200: 'text/event-stream' },
  problems: ['quota_exceeded'],
  handle: ({ request, services }) => replyEvents(services.changeHints.follow(request.signal)),
})

export const changeRoutes: readonly Route[] = [followChanges]
