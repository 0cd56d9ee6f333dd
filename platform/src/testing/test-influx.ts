import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export interface TestInflux {
  /** `http://127.0.0.1:<port>/points` */
  readonly url: string
  readonly pid: number
  readonly folder: string
  /** Ends the process as a power cut would, and keeps the folder. */
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Where tests on InfluxDB cannot run, why. They say so and are skipped; everything else runs. */
export const influxMissing: string | undefined =
  spawnSync('influxd', ['version'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'SKIPPED, for there is no influxd on this machine: `apt-get install influxdb` (1.x) brings it'

const database = 'points'

/** An InfluxDB 1.x of one's own, on the loopback, in a folder that goes with it. */
export async function testInflux(): Promise<TestInflux> {
  if (influxMissing !== undefined) throw new Error(influxMissing)
  const folder = mkdtempSync(join(tmpdir(), `tenantry-influx-${process.pid}-`))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const file = join(folder, 'influxdb.conf')
  writeFileSync(file, configuration(folder, port))
  let server: ChildProcess | undefined

  const end = async (signal: NodeJS.Signals) => {
    const ending = server
    server = undefined
    if (ending === undefined) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await ended
  }
  const start = async () => {
    const started = spawn('influxd', ['run', '-config', file], { stdio: 'ignore' })
    server = started
    // A test run that dies takes its server with it.
    process.once('exit', () => started.kill('SIGKILL'))
    await answering(origin, () => started.exitCode !== null)
    const answer = await fetch(`${origin}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `CREATE DATABASE ${database}` }),
    })
    if (!answer.ok) throw new Error(`InfluxDB made no database: ${await answer.text()}`)
  }
  await start()
  return {
    url: `${origin}/${database}`,
    get pid() {
      return server?.pid ?? 0
    },
    folder,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function configuration(folder: string, port: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  cache-snapshot-write-cold-duration = "2s"
  compact-full-write-cold-duration = "5s"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
`
}

async function answering(origin: string, hasEnded: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (hasEnded()) throw new Error('influxd ended before it answered.')
    const answer = await fetch(`${origin}/ping`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error('influxd does not answer.')
}
