// Makes node_modules what package-lock.json says. Plain JavaScript, because it runs before anything is installed
// and on whatever Node the machine has.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_THAT_INSTALLS = 18
const NODE_THAT_RUNS_TYPESCRIPT = 24

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.tenantry-stamp')
const lockFolder = join(root, '.tenantry')
const lockFile = join(lockFolder, 'setup.lock')

/** Installs when something changed since the last time; otherwise only compares one hash. */
export async function ensureInstalled() {
  if (majorVersion() < OLDEST_NODE_THAT_INSTALLS)
    fail(`Tenantry installs with Node ${OLDEST_NODE_THAT_INSTALLS} or newer; this is Node ${process.versions.node}.`)
  if (isInstalled()) return
  await whileLocked(async () => {
    if (isInstalled()) return // by the process that we waited for
    if (!matchesLockFile()) await install()
    writeFileSync(stampFile, fingerprint())
  })
}

/** The Node that runs our TypeScript: the installed one, else the running one when it is new enough. */
export function nodeBinary() {
  const installed = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(installed)) return installed
  if (majorVersion() >= NODE_THAT_RUNS_TYPESCRIPT) return process.execPath
  return fail(
    `Tenantry runs on Node ${NODE_THAT_RUNS_TYPESCRIPT} or newer, and npm has none for ${process.platform}-${process.arch}. ` +
      `Please install Node ${NODE_THAT_RUNS_TYPESCRIPT}; this is Node ${process.versions.node}.`,
  )
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint()
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const file of ['package-lock.json', ...packageFiles()]) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function packageFiles() {
  const { workspaces } = readJson('package.json')
  const folders = workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
  })
  return ['package.json', ...folders.sort().map((folder) => `${folder}/package.json`)].filter((file) =>
    existsSync(join(root, file)),
  )
}

/** True after somebody's own `npm install`: npm leaves a note of what it installed, and installing again would only cost time. */
function matchesLockFile() {
  const note = 'node_modules/.package-lock.json'
  if (!existsSync(join(root, note))) return false
  const installed = readJson(note).packages
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true // the workspaces themselves
    if (!installed[path]) return wanted.optional === true // made for another machine
    return installed[path].version === wanted.version && existsSync(join(root, path))
  })
}

async function install() {
  const started = Date.now()
  console.error('Installing packages. Only the first start does this; it takes about a minute.')
  const { code, output } = await run('npm', [
    'ci',
    '--ignore-scripts', // nothing that we need has to run code while it is installed
    '--include=dev', // whatever NODE_ENV says
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error', // npm itself may run on an older Node than our packages ask for, and would say so for each
  ])
  if (code !== 0) fail(`${output.trimEnd()}\n\nThe packages could not be installed: npm ci ended with ${code}.`)
  console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`)
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ code: error.message, output }))
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
}

/** One start at a time: several may be told to begin at once. */
export async function whileLocked(work) {
  mkdirSync(lockFolder, { recursive: true })
  for (let told = false; !takeLock(); told = true) {
    if (!told) console.error('Waiting for another start that is setting up.')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

function takeLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (!isAlive(lockHolder())) rmSync(lockFile, { force: true })
  return false
}

/** 0 while the other process has made the file and not yet written its number. */
function lockHolder() {
  return existsSync(lockFile) ? Number(readFileSync(lockFile, 'utf8')) : 0
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM' // another user's process
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function majorVersion() {
  return Number.parseInt(process.versions.node, 10)
}

/** Throws rather than exits, so that the lock is released; the sentence is all that a newcomer sees. */
function fail(sentence) {
  throw new SetupError(sentence)
}

export class SetupError extends Error {}

process.on('uncaughtException', (error) => {
  console.error(error instanceof SetupError ? error.message : error)
  process.exit(1)
})

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await ensureInstalled()
