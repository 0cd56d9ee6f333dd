import { randomBytes } from 'node:crypto'
import { BmsApi } from '../api/bms-api.ts'
import { startController } from '../connector/simulator/controller.ts'
import { polledBuilding } from './portfolio.ts'
import { type SimulatorOptions, startSimulator } from './simulator.ts'

interface Feed {
  readonly stop: () => Promise<void>
}

/** Live points for every building of a demo tenant: most are sent, and those of one are fetched from its controller. */
export async function startFeeds(options: SimulatorOptions): Promise<Feed> {
  const controller = await startDemoController(options)
  const simulator = startSimulator({ ...options, except: controller === undefined ? [] : [polledBuilding.name] })
  return {
    stop: async () => {
      await simulator.stop()
      await controller?.stop()
    },
  }
}

/** Undefined where the tenant has no such building, or the installation does not let a controller be polled. */
async function startDemoController({ baseUrl, key, tenant, log = () => {} }: SimulatorOptions): Promise<Feed | undefined> {
  if (tenant !== polledBuilding.tenant) return undefined
  const api = new BmsApi({ baseUrl, key, attempts: 2 })
  const secret = randomBytes(18).toString('base64url')
  const controller = await startController({ building: polledBuilding, secret, step: 5, hours: 1 })
  try {
    const building = (await api.buildings()).find(({ name }) => name === polledBuilding.name)
    if (building === undefined) throw new Error('there is no such building any more')
    await api.setConnector(building.id, { url: controller.url, secret, pollSeconds: 10 })
    return controller
  } catch (error) {
    await controller.stop()
    log(
      `Points of ${polledBuilding.name} are sent like the others, because its controller cannot be polled: ${(error as Error).message}`,
    )
    return undefined
  }
}
