import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = join(root, 'platform/bin/tenantry.ts')
const wrapper = join(root, 'scripts/run.mjs')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of every shape
  readonly json: any
}

export interface RunOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** What a command inherits: nothing of this installation's, so that only what a test says counts. */
function environmentOf(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TENANTRY_|DATABASE_URL$|TEST_DATABASE_URL$|PORT$|VITEST|NODE_OPTIONS$)/.test(name),
  )
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...extra }
}

/** Runs a command to its end, with nobody at its standard input. */
export function tenantry(args: readonly string[], { cwd = root, environment }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: environmentOf(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => {
      const json = args.includes('--json') && stdout !== '' ? JSON.parse(stdout) : undefined
      resolve({ code, stdout, stderr, json })
    })
  })
}

/** A folder with a `tenantry.config.ts` of its own: its `.tenantry` is not the checkout's. */
export interface Project {
  readonly folder: string
  readonly remove: () => void
}

export function project(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-'))
  chmodSync(folder, 0o711) // root's PostgreSQL runs as somebody else
  writeFileSync(join(folder, 'tenantry.config.ts'), `export * from ${JSON.stringify(join(root, 'tenantry.config.ts'))}\n`)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A command that stays: `dev` or `serve`. */
export class Running {
  readonly child: ChildProcess
  readonly startedAt = performance.now()
  log = ''
  #ended: Promise<number | null>

  constructor(child: ChildProcess) {
    this.child = child
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (this.log += text))
    this.#ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)))
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN
  }

  /** The address that stands in the log first, once it answers. */
  async address(): Promise<string> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
      if (this.child.exitCode !== null) throw new Error(`It ended with ${this.child.exitCode}:\n${this.log}`)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(this.log)?.[0]
      if (found !== undefined && (await answers(found))) return found
    }
    throw new Error(`It does not answer:\n${this.log}`)
  }

  /** Like Ctrl-C in a terminal: the whole process group gets it. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    process.kill(-this.pid, signal)
  }

  async ended(within = 10_000): Promise<number | null> {
    const late = sleep(within, 'late' as const, { ref: false })
    const code = await Promise.race([this.#ended, late])
    if (code === 'late') throw new Error(`It was still running after ${within} ms:\n${this.log}`)
    return code
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.interrupt()
    await this.ended(20_000).catch(() => process.kill(-this.pid, 'SIGKILL'))
  }
}

export function start(args: readonly string[], { cwd = root, environment }: RunOptions = {}): Running {
  return new Running(spawnGroup([program, ...args], cwd, environmentOf(environment)))
}

/** As `npm start` does it: through the wrapper that finds the right Node. */
export function startWrapped(args: readonly string[], environment?: Readonly<Record<string, string>>): Running {
  return new Running(spawnGroup([wrapper, 'platform/bin/tenantry.ts', ...args], root, environmentOf(environment)))
}

function spawnGroup(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
}

export async function answers(address: string): Promise<boolean> {
  const response = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
  return response?.ok === true
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

/** By `node:http`, because `fetch` sends no `Host` of one's choice. */
export function get(address: string, path: string, key: string, host?: string): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, host: `${host ?? hostname}:${port}` }
    request({ hostname, port, path, headers }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (part) => (text += part))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) }))
    })
      .on('error', reject)
      .end()
  })
}

/** Milliseconds until the answer is the one expected. */
export async function until(status: number, ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const last = (await ask()).status
    if (last === status) return performance.now() - startedAt
    if (performance.now() - startedAt > 5_000) throw new Error(`still ${last} and not ${status} after 5 s`)
    await sleep(5)
  }
}
