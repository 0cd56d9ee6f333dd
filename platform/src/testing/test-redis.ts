import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { freePort } from './free-port.ts'

export interface TestRedis {
  readonly url: string
  /** Ends the process as a power cut would, and keeps what it saved. */
  readonly kill: () => Promise<void>
  /** Stops the process in its tracks: connections stay open, nothing is answered. */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly start: () => Promise<void>
  /** Works with a client of the test's own. */
  readonly with: <T>(work: (client: ReturnType<typeof clientOf>) => Promise<T>) => Promise<T>
  readonly stop: () => Promise<void>
}

/** Where tests on Redis cannot run, why. They say so and are skipped; everything else runs. */
export const redisMissing: string | undefined =
  spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'SKIPPED, for there is no redis-server on this machine: `apt-get install redis-server` brings it'

/** A Redis of one's own, on the loopback, in a folder that goes with it. */
export async function testRedis(): Promise<TestRedis> {
  if (redisMissing !== undefined) throw new Error(redisMissing)
  const folder = mkdtempSync(join(tmpdir(), `tenantry-redis-${process.pid}-`))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined

  const withClient: TestRedis['with'] = async (work) => {
    const client = clientOf(url)
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      client.destroy()
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    const ending = server
    server = undefined
    if (ending === undefined) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGCONT')
    ending.kill(signal)
    await ended
  }
  const start = async () => {
    const started = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
      stdio: 'ignore',
    })
    server = started
    // A test run that dies takes its server with it.
    process.once('exit', () => started.kill('SIGKILL'))
    for (let tries = 0; tries < 200; tries++) {
      if (started.exitCode !== null) throw new Error('redis-server ended before it answered.')
      const answers = await withClient((client) => client.ping()).catch(() => undefined)
      if (answers === 'PONG') return
      await sleep(50)
    }
    throw new Error('redis-server does not answer.')
  }
  await start()
  return {
    url,
    start,
    with: withClient,
    kill: () => end('SIGKILL'),
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    async stop() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function clientOf(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } })
}
