import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bms } from '@tenantry/bms'
import pg from 'pg'
import { createTenantry } from 'tenantry'
import { withDatabase, withUser } from '../../platform/src/database/connection-url.ts'
import { type EmbeddedServer, startEmbedded } from '../../platform/src/database/embedded/embedded.ts'
import type { ServerSetup } from './server-process.ts'

const password = 'faults'

export interface Customer {
  readonly tenantId: string
  readonly slug: string
  readonly key: string
  readonly keyId: string
}

export interface Server {
  readonly port: number
  readonly pid: number
  readonly isRunning: () => boolean
  /** What it wrote to its log. */
  readonly log: () => string
  /** By SIGTERM unless another is named; answers its exit code, or the signal's name. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | string>
}

/** A PostgreSQL that may be stopped and killed, and servers in processes of their own that work on it. */
export class Installation {
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly directoryUrl: string
  readonly #folder: string
  #database: EmbeddedServer
  #servers: Server[] = []

  /** Nothing is in it yet but an empty database and its owner. */
  static async make(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), `tenantry-tests-${process.pid}-`))
    // Run by root, the database server is somebody else, who has to get in.
    chmodSync(folder, 0o711)
    const installation = new Installation(folder, await startEmbedded({ dataDirectory: join(folder, 'data') }))
    await installation.asSuperuser(async (client) => {
      await client.query(`create role faults_owner login createrole password '${password}'`)
      await client.query('create database faults owner faults_owner')
    }, 'postgres')
    return installation
  }

  private constructor(folder: string, database: EmbeddedServer) {
    this.#folder = folder
    this.#database = database
    const as = (user: string) => withDatabase(withUser(database.superuserUrl, user, password), 'faults')
    this.databaseUrl = as('faults_app')
    this.adminUrl = as('faults_owner')
    this.directoryUrl = as('faults_directory')
  }

  /** New tenants of BMS, each with a key that may do everything; made as an operator's command line makes them. */
  async customers(count: number): Promise<Customer[]> {
    const { databaseUrl, adminUrl } = this
    const configuration = { logLevel: 'silent' } as const
    const tenantry = await createTenantry({ databaseUrl, adminUrl, migrate: true, systems: [bms], configuration })
    const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const
    const made: Customer[] = []
    for (let n = 0; n < count; n++) {
      const slug = `customer-${crypto.randomUUID().slice(0, 8)}`
      const { id: tenantId } = await tenantry.services.tenants.provision(
        { slug, name: slug, system: 'bms', tier: 'enterprise' },
        { actor },
      )
      const entry = await tenantry.directory.tenantById(tenantId)
      if (!entry) throw new Error('The directory does not know the new tenant.')
      const creator = tenantry.services.keys.everythingIn(entry)
      const wanted = { name: 'faults', permissions: [...creator.permissions] }
      const { key, credential } = await tenantry.services.keys.create(tenantry.scope({ tenantId, actor }), wanted, creator)
      made.push({ tenantId, slug, key: credential, keyId: key.id })
    }
    await tenantry.close()
    return made
  }

  async startServer(setup: Partial<ServerSetup> = {}): Promise<Server> {
    const child = fork(new URL('./server-process.ts', import.meta.url), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    })
    let log = ''
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', (text: string) => (log += text))
    const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
    child.send({ databaseUrl: this.databaseUrl, ...setup } satisfies ServerSetup)
    const port = await Promise.race([
      once(child, 'message').then(([message]) => (message as { port: number }).port),
      exit.then((how) => Promise.reject(new Error(`The server ended with ${how} before it listened:\n${log}`))),
    ])
    const server: Server = {
      port,
      pid: child.pid as number,
      isRunning: () => child.exitCode === null && child.signalCode === null,
      log: () => log,
      end: (signal = 'SIGTERM') => {
        child.kill(signal)
        return exit
      },
    }
    this.#servers.push(server)
    return server
  }

  /** Behind the policies: what is really stored. */
  async asSuperuser<T>(work: (client: pg.Client) => Promise<T>, database = 'faults'): Promise<T> {
    const client = new pg.Client({
      connectionString: withDatabase(this.#database.superuserUrl, database),
      application_name: 'faults test',
    })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  async rows(text: string, values: unknown[] = []) {
    return this.asSuperuser(async (client) => (await client.query(text, values)).rows)
  }

  /** Ends PostgreSQL by a signal to its postmaster: SIGINT is a fast stop, SIGQUIT an immediate one, SIGKILL a crash. */
  async endDatabase(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const pid = Number(readFileSync(join(this.#folder, 'data', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, signal)
    while (isAlive(pid)) await sleep(10)
  }

  async startDatabase(): Promise<void> {
    this.#database = await startEmbedded({ dataDirectory: join(this.#folder, 'data') })
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.filter((server) => server.isRunning()).map((server) => server.end('SIGKILL')))
    await this.#database.stop()
    for (const path of [this.#folder, this.#database.socketDirectory])
      rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A process that ended and was not waited for by its parent is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
