import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { makeMasterKey } from 'tenantry'
import { type Client, type Installation, install } from '../bms.test-support.ts'

export const allowing = { masterKeys: [makeMasterKey()], outboundAllowed: ['127.0.0.1'] }

export const installWithConnectors = (): Promise<Installation> => install(allowing)

export interface BadController {
  readonly url: string
  /** Requests that came. */
  readonly seen: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[]
  readonly stop: () => Promise<void>
}

/** A controller that answers as the test says, which is not what the guide asks of one. */
export async function controllerThat(answers: RequestListener): Promise<BadController> {
  const seen: BadController['seen'] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers })
    answers(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/points`,
    seen,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function newBuilding(client: Client, name = 'Mill Yard'): Promise<string> {
  return (await client.post('/v1/bms/buildings', { name, networkId: '8056c2e21c000001' })).body.id
}

export const connectorOf = (building: string) => `/v1/bms/buildings/${building}/connector`

/** How many points the building has, each counted once. */
export async function pointCount(client: Client, building: string): Promise<number> {
  const { body } = await client.get(
    `/v1/bms/buildings/${building}/data?start=2020-01-01T00:00:00Z&end=2035-01-01T00:00:00Z&window=1y&aggregate=count`,
  )
  const windows = (body.series as { points: { count: number }[] }[]).flatMap(({ points }) => points)
  return windows.reduce((sum, { count }) => sum + count, 0)
}

/** Moves the installation's clock, as only its owner can. */
export async function passTime({ database }: Installation, seconds: number): Promise<void> {
  await asOwner(database.adminUrl, `update tenantry.clock_offset set "offset" = "offset" + make_interval(secs => ${seconds})`)
}

export async function asOwner(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
