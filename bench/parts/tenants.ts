import { type Customer, makeCustomers } from '../database/customers.ts'
import { interleave } from '../interleave.ts'
import { LoadClient } from '../load/load-client.ts'
import type { Target } from '../load/run.ts'
import { buildingTargets } from '../load/targets.ts'
import type { Bench, Part } from '../part.ts'
import type { Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

const connections = 16

/** Whether the number of tenants is felt: the directory keeps what it knows of 50,000 of them, the rest it asks for. */
export const tenants: Part = {
  name: 'tenants',
  title: 'The same read with more tenants, requests per second beside 10 tenants',
  run: measureTenants,
}

async function measureTenants({ installation, quick, note }: Bench): Promise<Omit<Result, 'part'>[]> {
  const count = quick ? 20_000 : 100_000
  note(`Making ${count} tenants with a key each`)
  const customers = await makeCustomers(installation, count, 1)
  await using open = new AsyncDisposableStack()
  const server = open.adopt(
    await ServerProcess.start(new URL('../servers/shipped.ts', import.meta.url), {
      address: installation.appUrl,
      tenantRate: 1_000_000,
    }),
    (each) => each.stop(),
  )
  const client = open.adopt(new LoadClient(), (each) => each.stop())
  const milliseconds = quick ? 300 : 500
  // Strangers are met once: their keys and tenants are read from the database by the request that brings them.
  const strangers = buildingTargets(customers.slice(1_010))
  let met = 0
  const nextStrangers = () => {
    const share = Math.floor(strangers.length / 20)
    met += share
    return strangers.slice(met - share, met)
  }
  const side = (name: string, targets: () => readonly Target[]) => ({
    name,
    measure: async () => (await client.runWell({ port: server.port, targets: targets(), connections, milliseconds })).perSecond,
  })
  const few = buildingTargets(customers.slice(0, 10))
  const thousand = buildingTargets(customers.slice(10, 1_010))
  const measured = await interleave(
    [side('10', () => few), side('1000', () => thousand), side('strangers', nextStrangers)],
    quick ? 8 : 16,
  )
  const rates = (name: string) => measured.get(name) ?? []
  const line = (name: string, ours: string) => ({
    name,
    ours: `${median(rates(ours)).toFixed(0)}/s`,
    peer: `${median(rates('10')).toFixed(0)}/s`,
    ...ofRounds(ratios(rates(ours), rates('10'))),
  })
  return [
    line(`1,000 of ${formatted(customers)} tenants at work`, '1000'),
    line(`all of ${formatted(customers)}, every request from one not seen before`, 'strangers'),
  ]
}

function formatted(customers: readonly Customer[]): string {
  return customers.length.toLocaleString('en')
}
