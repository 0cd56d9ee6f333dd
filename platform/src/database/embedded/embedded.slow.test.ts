import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { installedPackage, prepareBinaries } from './binaries.ts'
import { clusterAt } from './cluster.ts'
import { type EmbeddedServer, startEmbedded } from './embedded.ts'
import { runtimeFolder } from './private-folder.ts'
import { factsOf } from './processes.ts'
import { canReach, ourselves, serverUser } from './server-user.ts'

const NOBODY = { uid: 65534, gid: 65534 }
const isRoot = ourselves().uid === 0
const nobody = { ...NOBODY, switchTo: NOBODY }
const nobodyCanRunThis = isRoot && [process.execPath, import.meta.filename].every((file) => canReach(file, nobody))

describe('the embedded server', () => {
  test('starts, answers over its socket, and stops', async () => {
    const server = await start(newFolder())
    expect(server.attached).toBe(false)
    expect(await ask(server, 'show server_version')).toBe('17.10')
    expect(await ask(server, 'select datlocale from pg_database where datname = current_database()')).toBe('C.UTF-8')
    expect(await ask(server, 'show server_encoding')).toBe('UTF8')
    await server.stop()
    await expect(ask(server, 'select 1')).rejects.toThrow()
    expect(existsSync(server.socketDirectory)).toBe(false)
  })

  test('listens on no network address and lets nobody in without a password', async () => {
    const data = newFolder()
    const server = await start(data)
    expect(await ask(server, 'show listen_addresses')).toBe('')
    expect(statSync(server.socketDirectory).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'installation.json')).mode & 0o777).toBe(0o600)
    expect(await ask(server, `select string_agg(distinct auth_method, ' ') from pg_hba_file_rules`)).toBe('scram-sha-256')
    const { host, port } = new pg.Client(server.superuserUrl)
    const stranger = new pg.Client({ host, port, user: 'postgres', password: 'postgres', database: 'postgres' })
    await expect(stranger.connect()).rejects.toThrow('password authentication failed')
  })

  test('a second start is fast and finds what the first one stored', async () => {
    const data = newFolder()
    const first = await start(data)
    await ask(first, 'create table kept as select 42 as answer')
    await first.stop()
    const began = performance.now()
    const second = await start(data)
    // A fraction of a second on a quiet machine; making a cluster takes many.
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await ask(second, 'select answer from kept')).toBe(42)
  })

  test('writes to the disk before it answers, except where a test asks it not to', async () => {
    const careful = await start(newFolder(), true)
    expect(await ask(careful, 'show fsync')).toBe('on')
    const hasty = await start(newFolder())
    expect(await ask(hasty, 'show fsync')).toBe('off')
    expect(await ask(hasty, 'show synchronous_commit')).toBe('on')
  })

  test('works under a path longer than a socket address can be', async () => {
    const server = await start(join(newFolder(), 'a'.repeat(80), 'b'.repeat(80), 'data'))
    expect(await ask(server, 'select 1 as one')).toBe(1)
  })
})

describe('a server that is running already', () => {
  test('is attached to when its starter was killed, with its data, and the newcomer then stops it', async () => {
    const data = newFolder()
    const parent = startInChild(data)
    await parent.ready
    parent.child.kill('SIGKILL')
    await parent.ended

    const orphan = await start(data)
    expect(orphan.attached).toBe(true)
    expect(await ask(orphan, 'select answer from kept')).toBe(42)
    await orphan.stop()
    await expect(ask(orphan, 'select 1')).rejects.toThrow()
  })

  test('is left running by a process that only attached to it', async () => {
    const data = newFolder()
    const starter = await start(data)
    const guest = await start(data)
    expect(guest.attached).toBe(true)
    await guest.stop()
    expect(await ask(starter, 'select 1 as one')).toBe(1)
  })

  test('is shared by two processes that start at the same moment on an empty folder', async () => {
    const data = newFolder()
    const both = [startInChild(data), startInChild(data)]
    const told = await Promise.all(both.map((each) => each.ready))
    expect(told.map((line) => line.attached).sort()).toEqual([false, true])
    expect(new Set(told.map((line) => line.systemIdentifier)).size).toBe(1)
    const starter = both[told.findIndex((line) => !line.attached)]
    starter?.child.kill('SIGTERM')
    await starter?.ended
  })

  test('is not attached to when it is another cluster that answers in its place', async () => {
    const data = newFolder()
    const server = await start(data)
    const file = join(data, 'installation.json')
    const installation = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...installation, systemIdentifier: '1' }))
    await expect(start(data)).rejects.toThrow('Another database')
    expect(await ask(server, 'select 1 as one')).toBe(1)
  })
})

describe('a left-over lock file', () => {
  test.each([
    ['a process that has ended', () => 999_999_999],
    ['a living process that is not our server', () => stranger().pid],
  ])('that names %s does not keep the server from starting', async (_, pidOf) => {
    const data = newFolder()
    await (await start(data)).stop()
    const pid = pidOf()
    writeFileSync(join(data, 'cluster/postmaster.pid'), `${pid}\n${data}/cluster\n1700000000\n5432\n/tmp\n\n  1 1\nready   \n`)
    const server = await start(data)
    expect(server.attached).toBe(false)
    expect(await ask(server, 'select 1 as one')).toBe(1)
  })

  test('of a server killed with its sessions open is passed over, and what was committed is there', async () => {
    const data = newFolder()
    const server = await start(data)
    await ask(server, 'create table kept as select 42 as answer')
    process.kill(Number(readFileSync(join(data, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
    const next = await start(data)
    expect(next.attached).toBe(false)
    expect(await ask(next, 'select answer from kept')).toBe(42)
  })
})

describe('refuses, with a sentence that says what to do,', () => {
  test.each([
    ['is open to others', makeOpenFolder, 'has the permissions 777'],
    ['is a link', (path: string) => symlinkSync('/', path), 'is not a folder'],
  ])('a socket folder that %s', async (_, prepare, message) => {
    const data = newFolder()
    const path = socketFolderOf(data)
    prepare(path)
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
    await expect(start(data)).rejects.toThrow(message)
  })

  test.runIf(isRoot)('a socket folder that belongs to somebody else', async () => {
    const data = newFolder()
    const path = socketFolderOf(data)
    mkdirSync(path, { mode: 0o700 })
    chownSync(path, 12_345, 12_345)
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
    await expect(start(data)).rejects.toThrow('belongs to user 12345')
  })

  test("somebody else's files in the data directory", async () => {
    const data = newFolder()
    mkdirSync(data)
    writeFileSync(join(data, 'thesis.txt'), 'years of work')
    await expect(start(data)).rejects.toThrow('not a database of ours')
    expect(readFileSync(join(data, 'thesis.txt'), 'utf8')).toBe('years of work')
  })

  test('a cluster that does not start, with the last words of PostgreSQL', async () => {
    const data = newFolder()
    await (await start(data)).stop()
    rmSync(join(data, 'cluster/global/pg_control'))
    await expect(start(data)).rejects.toThrow(/could not find the database system/)
  })
})

describe.runIf(isRoot)('started by root', () => {
  test('runs as nobody', async () => {
    const data = newFolder()
    await start(data)
    const pid = Number(readFileSync(join(data, 'cluster/postmaster.pid'), 'utf8').split('\n')[0])
    expect(factsOf(pid)?.uid).toBe(NOBODY.uid)
  })

  test('keeps its data in a folder that only root can enter', async () => {
    const closed = newFolder()
    mkdirSync(closed, { mode: 0o700 })
    const server = await start(join(closed, 'data'))
    expect(await ask(server, 'select 1 as one')).toBe(1)
  })

  test('copies the programs out of a checkout that only root can enter, once', () => {
    const closed = newFolder()
    mkdirSync(closed, { mode: 0o700 })
    const version = `0-test-${process.pid}`
    cpSync(join(installedPackage().folder, 'native'), join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    const told: string[] = []
    const prepare = () => prepareBinaries({ folder: closed, version }, serverUser(closed), (line) => told.push(line))
    const { postgres } = prepare()
    onTestFinished(() => rmSync(join(postgres, '../../..'), { recursive: true }))
    expect(prepare().postgres).toBe(postgres)
    expect(told).toHaveLength(1)
    return expect(runAsNobody(postgres, ['--version'])).resolves.toContain('17.10')
  })

  test.runIf(nobodyCanRunThis)('lets an ordinary user start a server of its own', async () => {
    const home = newFolder()
    mkdirSync(home)
    chownSync(home, NOBODY.uid, NOBODY.gid)
    const parent = startInChild(join(home, 'data'), NOBODY)
    expect((await parent.ready).attached).toBe(false)
    parent.child.kill('SIGTERM')
    await parent.ended
    expect(statSync(join(home, 'data')).mode & 0o777).toBe(0o700)
  })
})

const folders: string[] = []
const servers: EmbeddedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** A path in a fresh folder under /tmp; nothing is there yet. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-test-'))
  chmodSync(folder, 0o755)
  folders.push(folder)
  return join(folder, 'data')
}

async function start(dataDirectory: string, durable = false): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDirectory, durable })
  servers.push(server)
  return server
}

async function ask(server: EmbeddedServer, sql: string): Promise<unknown> {
  const client = new pg.Client(server.superuserUrl)
  client.on('error', () => {}) // the server may be killed under it
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

interface Told {
  attached: boolean
  systemIdentifier: string
}

/** A process of its own that starts a server, stores something, says so, and stops the server on SIGTERM. */
function startInChild(dataDirectory: string, as: { uid?: number; gid?: number } = {}) {
  const program = `
    import pg from ${JSON.stringify(import.meta.resolve('pg'))}
    const { startEmbedded } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)})
    const server = await startEmbedded({ dataDirectory: ${JSON.stringify(dataDirectory)}, durable: false })
    if (!server.attached) {
      const client = new pg.Client(server.superuserUrl)
      await client.connect()
      await client.query('create table kept as select 42 as answer')
      await client.end()
    }
    process.on('SIGTERM', () => server.stop().then(() => process.exit()))
    console.log(JSON.stringify(server))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...as,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return { child, ended, ready: firstLine(child).then((line) => JSON.parse(line) as Told) }
}

function runAsNobody(command: string, args: string[]): Promise<string> {
  return firstLine(spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'], ...NOBODY }))
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (text) => {
      output += text
      if (output.includes('\n')) resolve(output)
    })
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`ended with ${code} before it said anything`)))
  })
}

function stranger(): { pid: number } {
  const child = spawn('sleep', ['60'], isRoot ? { cwd: '/', ...NOBODY } : {})
  onTestFinished(() => void child.kill())
  return { pid: child.pid ?? 0 }
}

function makeOpenFolder(path: string): void {
  mkdirSync(path)
  chmodSync(path, 0o777) // mkdir would heed the umask
}

function socketFolderOf(dataDirectory: string): string {
  const cluster = clusterAt(dataDirectory)
  return runtimeFolder(cluster.name, serverUser(cluster.folder))
}
