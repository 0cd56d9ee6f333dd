import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { request } from 'node:https'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Why tests on a proxy cannot run here; they say so and are skipped. */
export function missing(program: string, ask: string): string | undefined {
  return spawnSync(program, [ask], { stdio: 'ignore' }).status === 0
    ? undefined
    : `SKIPPED, for there is no ${program} on this machine: \`apt-get install ${program}\` brings it`
}

/** A proxy in a process of its own, as soon as its port answers. */
export async function startProxy(
  program: string,
  args: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ stop(): Promise<void> }> {
  let said = ''
  const child: ChildProcess = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const atExit = () => child.kill('SIGKILL')
  process.once('exit', atExit)
  for (const deadline = performance.now() + 30_000; !(await answers(port)); await sleep(50)) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${program} did not start:\n${said}`)
  }
  return {
    async stop() {
      process.off('exit', atExit)
      child.kill('SIGTERM')
      await ended
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}

export interface Visit {
  readonly port: number
  readonly host: string
  readonly path: string
  readonly authority: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a browser sees that finds the host at the proxy; rejects where there is no certificate for it. */
export function visit({ port, host, path, authority, headers = {} }: Visit): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, servername: host, ca: authority, headers: { host, ...headers }, agent: false },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}
