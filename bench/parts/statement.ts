import pg from 'pg'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { type SqlFragment, sql } from '../../platform/src/isolation/statement.ts'
import { cpuOfProcess } from '../cpu-of-process.ts'
import { copyToPlain, makeCustomers } from '../database/customers.ts'
import { type RawBatch, RawBatches } from '../database/raw-batches.ts'
import { interleave, type Side } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { most, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

interface Measured {
  /** Of the backend, microseconds per statement. */
  readonly cpu: number
  /** As the caller sees it, microseconds per statement. */
  readonly elapsed: number
}

const actor = { kind: 'key', id: '018f0000-0000-7000-8000-00000000000c' } as const
const columns = 'id, name, address, time_zone, network_id, version, created_at, updated_at'
const set = (name: string, index: number) => `set_config('tenantry.${name}', $${index}, true)`
const rawStatements = {
  read: `select ${columns} from buildings where id = $1`,
  nothing: 'select 1',
  one: `select num_nulls(${set('tenant', 1)})`,
  three: `select num_nulls(${set('tenant', 1)}, ${set('actor', 2)}, ${set('reach', 3)})`,
}
/** 20,000 rows: a small table is read from end to end, and what that costs has nothing to do with scopes. */
const tenants = 2_000
const readTenants = 20

/** What a scoped read costs PostgreSQL itself: the processor time of the one backend that answers, statement after statement. */
export const statement: Part = {
  name: 'statement',
  title: 'A scoped statement in PostgreSQL: processor time of its backend where nothing else is said',
  run: measureStatement,
}

async function measureStatement({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const customers = await makeCustomers(installation, tenants, 10)
  await copyToPlain(installation, customers)
  await using open = new AsyncDisposableStack()
  const isolation = open.adopt(createIsolation({ url: installation.appUrl, lanes: { read: { clients: 1 } } }), (each) =>
    each.close(),
  )
  const plain = open.adopt(new pg.Client({ connectionString: installation.plainUrl }), (each) => each.end())
  await plain.connect()
  const raw = open.adopt(await RawBatches.open(installation.plainUrl, rawStatements), (each) => each.close())
  const reads = customers.slice(0, readTenants).flatMap(({ tenantId, buildings }) => {
    const scope = isolation.scope({ tenantId, actor })
    return buildings.map((id) => ({ tenantId, scope, id }))
  })
  type Read = (typeof reads)[number]

  const pids = sql<{ pid: number }>`select pg_backend_pid() as pid`
  const scopedBackend = (await reads[0]?.scope.first(pids))?.pid ?? 0
  const plainBackend = (await plain.query<{ pid: number }>(pids.text)).rows[0]?.pid ?? 0
  const rawBackend = await raw.backend()
  if ([scopedBackend, plainBackend, rawBackend].some((pid) => cpuOfProcess(pid) === undefined)) {
    return [{ name: 'not measured: the processor time of this PostgreSQL cannot be read here', ours: '' }]
  }

  const count = quick ? 1_000 : 2_000
  const side = (name: string, backend: number, read: (each: Read) => Promise<unknown>): Side<Measured> => ({
    name,
    measure: async () => {
      const [before, began] = [cpuOfProcess(backend) as number, performance.now()]
      for (let done = 0; done < count; done++) await read(reads[(done * 7) % reads.length] as Read)
      const elapsed = ((performance.now() - began) * 1_000) / count
      return { cpu: ((cpuOfProcess(backend) as number) - before) / count, elapsed }
    },
  })
  const scoped = (table: string) => {
    const from = Object.assign([`select ${columns} from ${table} where id = `, '::uuid'], { raw: [] })
    return ({ scope, id }: Read) => scope.run(sql(from as unknown as TemplateStringsArray, id) as SqlFragment)
  }
  const unscoped = ({ id }: Read) => plain.query({ name: 'building', text: rawStatements.read, values: [id] })
  const behind = (front: (each: Read) => RawBatch) => (each: Read) => raw.run([...front(each), ['read', [each.id]]])
  return linesOf(
    await interleave(
      [
        side('plain', plainBackend, unscoped),
        side('enrolled', scopedBackend, scoped('bench.rows')),
        side('granted', scopedBackend, scoped('bms.buildings')),
        side(
          'alone',
          rawBackend,
          behind(() => []),
        ),
        side(
          'nothing',
          rawBackend,
          behind(() => [['nothing', []]]),
        ),
        side(
          'one',
          rawBackend,
          behind(({ tenantId }) => [['one', [tenantId]]]),
        ),
        side(
          'three',
          rawBackend,
          behind(({ tenantId }) => [['three', [tenantId, actor.id, 'all']]]),
        ),
      ],
      quick ? 4 : 12,
    ),
  )
}

function linesOf(measured: ReadonlyMap<string, readonly Measured[]>): Omit<Result, 'part'>[] {
  const line = (name: string, ours: string, peer: string, what: keyof Measured = 'cpu') => {
    const [mine, theirs] = [ours, peer].map((side) => (measured.get(side) ?? []).map((each) => each[what])) as [
      number[],
      number[],
    ]
    return {
      name,
      ours: `${median(mine).toFixed(1)} us`,
      peer: `${median(theirs).toFixed(1)} us`,
      ...ofRounds(ratios(mine, theirs)),
    }
  }
  return [
    { ...line('an enrolled table, beside an unscoped prepared read', 'enrolled', 'plain'), floor: most(1.1) },
    line('  one with `granted_by`, so a second policy', 'granted', 'plain'),
    { ...line('as its caller sees it, one after the other: elapsed', 'enrolled', 'plain', 'elapsed'), floor: most(1.15) },
    line('  the parts: an unscoped read behind `select 1`', 'nothing', 'alone'),
    line('  the parts: behind one setting', 'one', 'alone'),
    line('  the parts: behind the three that policies ask', 'three', 'alone'),
  ]
}
