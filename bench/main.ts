// npm run bench: how fast we are, beside others, in one table. docs/guides/performance.md tells how to read it.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { openInstallation } from './database/installation.ts'
import type { Part } from './part.ts'
import { cache } from './parts/cache.ts'
import { charts } from './parts/charts.ts'
import { fleet } from './parts/fleet.ts'
import { http } from './parts/http.ts'
import { keys } from './parts/keys.ts'
import { memory } from './parts/memory.ts'
import { million } from './parts/million.ts'
import { neighbour } from './parts/neighbour.ts'
import { points } from './parts/points.ts'
import { quota } from './parts/quota.ts'
import { rates } from './parts/rates.ts'
import { signIn } from './parts/sign-in.ts'
import { statement } from './parts/statement.ts'
import { tenants } from './parts/tenants.ts'
import { tokens } from './parts/tokens.ts'
import { usageEvents } from './parts/usage.ts'
import { writes } from './parts/writes.ts'
import { type Result, verdictOf } from './result.ts'
import { renderTable } from './table.ts'

const parts: readonly Part[] = [
  http,
  tokens,
  keys,
  rates,
  signIn,
  statement,
  writes,
  neighbour,
  memory,
  tenants,
  million,
  points,
  fleet,
  usageEvents,
  quota,
  cache,
  charts,
]

const usage = `npm run bench -- [NAME…] [--quick] [--sustained] [--json FILE] [--strict]
  --quick      fewer and shorter rounds
  NAME         some parts only: ${parts.map(({ name }) => name).join(', ')}; --only NAME says the same
  --sustained  the fleet of buildings for ten minutes instead of some seconds
  --json FILE  the results as JSON, too
  --strict     exit status 1 when a figure misses its floor
BENCH_DATABASE_URL: a superuser's address of a PostgreSQL to measure on, instead of the embedded one.`

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    sustained: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const only = [...given.only, ...positionals]
const unknown = only.filter((name) => !parts.some((part) => part.name === name))
if (given.help || unknown.length > 0) {
  console.error(unknown.length > 0 ? `There is no part ${unknown.join(', ')}.\n${usage}` : usage)
  process.exit(given.help ? 0 : 2)
}

const note = (line: string) => console.error(line)
const installation = await openInstallation(note)
// The database is a process of its own: it has to be told.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void installation.drop().finally(() => process.exit(130)))
}
const results: Result[] = []
const failed: string[] = []
try {
  for (const part of parts.filter(({ name }) => only.length === 0 || only.includes(name))) {
    note(`Measuring: ${part.title}`)
    try {
      const lines = await inTime(
        part.run({ installation, quick: given.quick, sustained: given.sustained, note }),
        longestOf(part),
      )
      results.push(...lines.map((line) => ({ part: part.name, ...line })))
    } catch (error) {
      // One part that cannot be measured does not take the others' figures with it.
      failed.push(part.name)
      note(`${part.name} could not be measured: ${error instanceof Error ? error.stack : error}`)
    }
  }
} finally {
  await installation.drop()
}

const machine = {
  postgres: installation.postgres,
  node: process.versions.node,
  processors: cpus().length,
  model: cpus()[0]?.model,
}
console.log(renderTable(results, new Map(parts.map(({ name, title }) => [name, title]))))
console.log(`\nPostgreSQL ${machine.postgres}, Node ${machine.node}, ${machine.processors} x ${machine.model}`)
const missed = results.filter((result) => verdictOf(result) === 'missed')
for (const { name } of missed) console.log(`Below its floor: ${name.trim()}`)
if (given.json !== undefined) {
  const judged = results.map((result) => ({ ...result, name: result.name.trim(), verdict: verdictOf(result) }))
  writeFileSync(given.json, `${JSON.stringify({ machine, quick: given.quick, results: judged, failed }, null, 2)}\n`)
}
// What a part that was given up left behind must not keep the bench; servers and clients end with it.
process.exit(failed.length > 0 || (given.strict && missed.length > 0) ? 1 : 0)

/** Milliseconds. */
function longestOf({ name, prepares = 0 }: Part): number {
  if (given.sustained && name === fleet.name) return 900_000
  return prepares + (given.quick ? 40_000 : 120_000)
}

/** The bench ends, whatever happens to one of its parts. */
function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`It took longer than ${milliseconds / 1_000} s and was given up.`))
    const timer = setTimeout(late, milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
