import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { type EmptyDatabase, emptyDatabase } from '../testing/empty-database.ts'
import { type MigrationFolder, migrationFolder } from '../testing/migration-folder.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work()
})

async function newDatabase(): Promise<EmptyDatabase> {
  const database = await emptyDatabase()
  cleanUp.push(database.drop)
  return database
}

/** Migrations that would be noticed if they ran twice or by halves: each adds one row in two statements. */
function slowSteps(number: number): Record<string, string> {
  const files: Record<string, string> = { '0001_steps.sql': 'create table steps.step (number int, half int)' }
  for (let step = 2; step <= number; step++) {
    const name = `${String(step).padStart(4, '0')}_step.sql`
    files[name] = `insert into steps.step values (${step}, 1); select pg_sleep(0.03); insert into steps.step values (${step}, 2)`
  }
  return files
}

/** `tenantry migrate` in a process of its own, which tells its progress line by line. */
function migrateInProcess(database: EmptyDatabase, system: MigrationFolder): ChildProcess {
  const script = `
    import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)}
    const [adminUrl, databaseUrl, directory] = process.argv.slice(1)
    const systems = [{ name: 'steps', directory: new URL(directory) }]
    const onProgress = ({ kind }) => console.log(kind)
    const { applied } = await migrate({ adminUrl, databaseUrl, systems, onProgress })
    console.log('applied', applied.length)`
  const args = ['--input-type=module', '-e', script, database.adminUrl, database.databaseUrl, system.directory.href]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; applied: number; output: string }> {
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, applied: Number(/applied (\d+)/.exec(output)?.[1] ?? Number.NaN) }
}

async function halves(database: EmptyDatabase): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.superuserUrl })
  await client.connect()
  try {
    return (
      await client.query('select number, array_agg(half order by half) as halves from steps.step group by number order by number')
    ).rows
  } finally {
    await client.end()
  }
}

const all = (number: number) => Array.from({ length: number - 1 }, (_, index) => ({ number: index + 2, halves: [1, 2] }))

test('five processes that start at once on an empty database migrate it once', async () => {
  const database = await newDatabase()
  using system = migrationFolder('steps', slowSteps(6))
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(migrateInProcess(database, system))))
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
  expect(outcomes.filter(({ applied }) => applied > 0)).toHaveLength(1)
  expect(outcomes.filter(({ output }) => output.includes('waiting')).length).toBeGreaterThan(0)
  expect(await halves(database)).toEqual(all(6))
})

test('killed at any statement, it goes on where it was when run again', async () => {
  const database = await newDatabase()
  using system = migrationFolder('steps', slowSteps(25))
  let kills = 0
  for (;;) {
    const child = migrateInProcess(database, system)
    const finished = outcome(child)
    // Half a dozen kills: the first while the platform's own migrations run, each later one some steps on.
    if (kills < 6) {
      child.stdout?.once('data', () => void sleep(Math.random() * 250).then(() => child.kill('SIGKILL')))
      kills += 1
    }
    const { code } = await finished
    if (code === 0) break
    // A signal gives no code; any other end is a failure of its own.
    expect(code).toBeNull()
  }
  expect(kills).toBeGreaterThan(2)
  expect(await halves(database)).toEqual(all(25))
}, 60_000)
