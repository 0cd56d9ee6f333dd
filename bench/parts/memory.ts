import { setTimeout as sleep } from 'node:timers/promises'
import { makeCustomers } from '../database/customers.ts'
import { LoadClient } from '../load/load-client.ts'
import { buildingTargets } from '../load/targets.ts'
import type { Bench, Part } from '../part.ts'
import { most, type Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'

const bound = 200

/** What the server holds while it does nothing, PostgreSQL not counted: just started, and after it has worked. */
export const memory: Part = {
  name: 'memory',
  title: 'Memory of the idle server, without PostgreSQL (RSS)',
  run: measureMemory,
}

async function measureMemory({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const customers = await makeCustomers(installation, 20, 10)
  await using open = new AsyncDisposableStack()
  const server = open.adopt(
    await ServerProcess.start(new URL('../servers/shipped.ts', import.meta.url), {
      address: installation.appUrl,
      tenantRate: 1_000_000,
    }),
    (each) => each.stop(),
  )
  const client = open.adopt(new LoadClient(), (each) => each.stop())
  const idle = async () => {
    await sleep(quick ? 1_000 : 3_000)
    return (await server.usage()).rssMegabytes
  }
  const line = (name: string, figure: number) => ({ name, ours: `${figure.toFixed(0)} MB`, figure })
  const started = await idle()
  await client.runWell({
    port: server.port,
    targets: buildingTargets(customers),
    connections: 32,
    milliseconds: quick ? 2_000 : 6_000,
  })
  return [
    { ...line('after the start', started), floor: most(bound) },
    line('  idle again after some thousand requests', await idle()),
  ]
}
