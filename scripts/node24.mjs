// Runs Node 24 as if it had been typed: same terminal, same signals, same exit status, and no orphan.
import { spawn } from 'node:child_process'
import { ensureConsoleBuilt } from './build-console.mjs'
import { serverFlags } from './server-flags.mjs'
import { ensureInstalled, nodeBinary, root } from './setup.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const supervised = new URL('./supervised.mjs', import.meta.url).href

export async function runNode24(args) {
  await ensureInstalled()
  if (!needsNoPages(args)) await ensureConsoleBuilt()
  const flags = args[0]?.endsWith('bin/tenantry.ts') ? serverFlags : []
  const child = spawn(nodeBinary(), [...flags, '--import', supervised, ...args], {
    cwd: root,
    env: { ...process.env, TENANTRY_PARENT_PID: String(process.pid) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  // We outlive the child, because we report how it ended. See supervised.mjs for why this is a message and not a signal.
  const tell = (signal) => child.connected && child.send(signal, () => {})
  for (const signal of SIGNALS) process.on(signal, tell)

  child.on('error', (error) => {
    console.error(`Node 24 could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    for (const each of SIGNALS) process.off(each, tell)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code)
  })
}

/** Checks and generators show nobody anything. */
function needsNoPages([file = '']) {
  return file.startsWith('scripts/') || file.startsWith('--')
}
