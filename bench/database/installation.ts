import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { withDatabase, withUser } from '../../platform/src/database/connection-url.ts'
import { startEmbedded } from '../../platform/src/database/embedded/embedded.ts'
import { migrate } from '../../platform/src/database/migrate.ts'
import { bms } from '../../systems/bms/src/system.ts'

/** A migrated installation with BMS, and beside it the database of an application that knows no tenants. */
export interface Installation {
  readonly appUrl: string
  /** To seed: sees and writes everything. */
  readonly superuserUrl: string
  /** What the peer without tenants reads; its role owns its table, so no policy applies. */
  readonly plainUrl: string
  readonly plainSuperuserUrl: string
  readonly postgres: string
  readonly drop: () => Promise<void>
}

/** On the embedded PostgreSQL as it is shipped, or on the server whose superuser's address is in BENCH_DATABASE_URL. */
export async function openInstallation(note: (line: string) => void): Promise<Installation> {
  const given = process.env.BENCH_DATABASE_URL
  if (given !== undefined) return install(given, async () => {})
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  // Run by root, the server is somebody else, who has to get in.
  chmodSync(folder, 0o711)
  const server = await startEmbedded({ dataDirectory: join(folder, 'data'), onProgress: note })
  return install(server.superuserUrl, async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
}

async function install(server: string, stop: () => Promise<void>): Promise<Installation> {
  const prefix = `bench_${randomBytes(4).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  const plain = `${prefix}_plain`
  const postgres = await onServer(server, async (client) => {
    await client.query(`create database ${prefix} template template0 encoding 'UTF8' locale 'C.UTF-8'`)
    await client.query(`create database ${plain} template template0 encoding 'UTF8' locale 'C.UTF-8'`)
    await client.query(`create role ${prefix}_owner login createrole password '${password}'`)
    await client.query(`create role ${plain} login password '${password}'`)
    await client.query(`alter database ${prefix} owner to ${prefix}_owner`)
    await client.query(`alter database ${plain} owner to ${plain}`)
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  })
  const appUrl = withDatabase(withUser(server, `${prefix}_app`, password), prefix)
  await migrate({
    adminUrl: withDatabase(withUser(server, `${prefix}_owner`, password), prefix),
    databaseUrl: appUrl,
    systems: [
      { name: bms.name, directory: bms.migrations },
      { name: 'bench', directory: new URL('./migrations/', import.meta.url) },
    ],
  })
  return {
    appUrl,
    superuserUrl: withDatabase(server, prefix),
    plainUrl: withDatabase(withUser(server, plain, password), plain),
    plainSuperuserUrl: withDatabase(server, plain),
    postgres,
    drop: async () => {
      await onServer(server, async (client) => {
        for (const name of [prefix, plain]) await client.query(`drop database if exists ${name} with (force)`)
        await client.query(
          `drop role if exists ${prefix}_app, ${prefix}_directory, ${prefix}_identity, ${prefix}_owner, ${plain}`,
        )
      })
      await stop()
    },
  }
}

export async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'tenantry bench' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
