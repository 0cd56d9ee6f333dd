import { type LiveSeries, replyEvents, route } from 'tenantry'
import { namingBuilding } from '../naming-building.ts'
import { bmsPoints } from '../point-store.ts'
import { BuildingPath } from './schemas.ts'

export const followBuilding = route({
  method: 'GET',
  path: '/v1/bms/buildings/{id}/live',
  operation: 'followBuilding',
  summary: "Follow a building's points as they arrive",
  description:
    'Server-sent events, read with a bearer like every other answer. `points` has the series with their new points; `stored` the span of a ' +
    'lot too large to tell, to be read again; `reset` says that more was missed than is kept. Begins ten seconds back; with `Last-Event-ID` up to ' +
    '15 minutes: a point may come again, and is then the same. A comment every 15 seconds shows that the stream is alive. It ends when the ' +
    'caller is shut out, and for a reader who does not keep up.',
  tags: ['bms'],
  permission: 'bms.buildings:read',
  logged: 'building.follow',
  params: BuildingPath,
  responses: { 200: 'text/event-stream' },
  problems: ['building_not_granted', 'quota_exceeded'],
  handle: async ({ scope, params, request, services }) => {
    const options = { after: request.headers['last-event-id'], signal: request.signal, tell }
    return replyEvents(
      await namingBuilding(services.livePoints.follow(scope, services.points.open(bmsPoints), params.id, options)),
    )
  },
})

/** As `GET …/data` names it. */
function tell({ id, name, ...series }: LiveSeries) {
  return { sensorId: id, sensor: name, ...series }
}
