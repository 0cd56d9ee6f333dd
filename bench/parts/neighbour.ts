import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../child.ts'
import { type Customer, makeCustomers } from '../database/customers.ts'
import { makePoints } from '../database/points.ts'
import { LoadClient } from '../load/load-client.ts'
import type { LoadReport, Target } from '../load/run.ts'
import { buildingTargets } from '../load/targets.ts'
import type { Bench, Part } from '../part.ts'
import { most, type Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { median, percentile } from '../statistics.ts'

const perSecond = 400
/** Milliseconds that a disturbance is under way before it is measured. */
const lead = 300

/** What one tenant feels of another that takes all it can get. Limits as shipped. */
export const neighbour: Part = {
  name: 'neighbour',
  title: `A tenant's small reads (${perSecond} a second) while another floods, beside the same without the flood`,
  prepares: 60_000,
  run: measureNeighbour,
}

/** What goes on beside the reads. */
interface Disturbance {
  readonly name: string
  /** How many times the quiet p99 the reads' may be; undefined where it is not our doing. */
  readonly atMost: number | undefined
  /** Answers how to end it, which tells what became of it. */
  readonly begin: (milliseconds: number) => Promise<() => Promise<string>>
}

async function measureNeighbour({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const [quiet, loud] = (await makeCustomers(installation, 2, 20)) as [Customer, Customer]
  const span = await makePoints(installation, loud)
  await using open = new AsyncDisposableStack()
  const server = open.adopt(
    await ServerProcess.start(new URL('../servers/shipped.ts', import.meta.url), { address: installation.appUrl }),
    (each) => each.stop(),
  )
  const client = open.adopt(new LoadClient(), (each) => each.stop())
  const flooder = open.adopt(new LoadClient(), (each) => each.stop())
  await flooder.yieldToAll()
  const strangers = [0, 1].map(() => open.adopt(new Child(new URL('../load/busy.ts', import.meta.url)), (each) => each.stop()))

  const data = (query: string): Target[] => [
    {
      path: `/v1/bms/buildings/${loud.buildings[0]}/data?${span}${query}`,
      host: `${loud.slug}.localhost`,
      authorization: loud.credential,
    },
  ]
  const flood = (name: string, targets: readonly Target[], connections: number): Disturbance => ({
    name: `${name} over ${connections} connections`,
    atMost: 1.5,
    begin: async (duration) => {
      const flooding = flooder.run({ port: server.port, targets, connections, milliseconds: duration })
      return async () => {
        await flooder.cut()
        const told = Object.entries((await flooding).byStatus).map(([status, count]) => `${count} x ${status}`)
        return `the flood was answered ${told.join(', ')}`
      }
    },
  })
  const disturbances: readonly Disturbance[] = [
    flood('small reads', buildingTargets([loud]), 64),
    flood('large results', data(''), 16),
    flood('slow aggregates', data('&window=1h&aggregate=mean,p95,max'), 16),
    burning('no flood, but one processor taken by another program', strangers.slice(1), 0),
    burning('no flood, but both processors taken by programs that yield', strangers, constants.priority.PRIORITY_BELOW_NORMAL),
  ]
  const rounds = quick ? 2 : 4
  const milliseconds = quick ? 1_000 : 2_500
  const read = () => client.runWell({ port: server.port, targets: quietTargets, connections: 8, perSecond, milliseconds })
  const quietTargets = buildingTargets([quiet])
  await read()

  const lines: Omit<Result, 'part'>[] = []
  for (const disturbance of disturbances) {
    const alone: LoadReport[] = []
    const disturbed: LoadReport[] = []
    let told = ''
    for (let round = 0; round < rounds; round++) {
      alone.push(await read())
      const end = await disturbance.begin(milliseconds + 2 * lead)
      // What is measured is the flood, not its first wave.
      await sleep(lead)
      disturbed.push(await read())
      told = await end()
      // What the flood left under way is not the next round's quiet.
      await sleep(500)
    }
    lines.push(...linesOf(disturbance, alone, disturbed, told))
  }
  return lines
}

/** What the machine does to the same reads when somebody else uses it. */
function burning(name: string, programs: readonly Child[], nice: number): Disturbance {
  return {
    name,
    atMost: undefined,
    begin: async (duration) => {
      await Promise.all(programs.map((each) => each.ask('yieldTo', nice)))
      const burnt = programs.map((each) => each.ask('burn', duration - lead))
      return async () => {
        await Promise.all(burnt)
        return 'what the machine does by itself'
      }
    },
  }
}

function linesOf(
  { name, atMost }: Disturbance,
  alone: readonly LoadReport[],
  disturbed: readonly LoadReport[],
  told: string,
): Omit<Result, 'part'>[] {
  const all = (reports: readonly LoadReport[]) => reports.flatMap(({ latencies }) => latencies)
  const line = (label: string, share: number) => {
    const each = disturbed.map(
      ({ latencies }, round) => percentile(latencies, share) / percentile(alone[round]?.latencies ?? [], share),
    )
    const [ours, peer] = [percentile(all(disturbed), share), percentile(all(alone), share)]
    return {
      name: label,
      ours: `${ours.toFixed(2)} ms`,
      peer: `${peer.toFixed(2)} ms`,
      figure: median(each),
      spread: [Math.min(...each), Math.max(...each)] as const,
    }
  }
  return [
    { ...line(`p99, ${name}`, 0.99), ...(atMost === undefined ? {} : { floor: most(atMost) }) },
    line(`  p50; ${told}`, 0.5),
  ]
}
