import { randomBytes } from 'node:crypto'
import { withDatabase, withUser } from '../database/connection-url.ts'
import { testServerUrl, withServer } from './test-server.ts'
import { databaseName } from './test-template.ts'

export interface EmptyDatabase {
  readonly name: string
  readonly adminUrl: string
  /** Its role does not exist yet: migrations make it. */
  readonly databaseUrl: string
  readonly superuserUrl: string
  readonly drop: () => Promise<void>
}

/** A database as an installation begins: nothing in it, an owner with CREATEROLE who is no superuser, names of its own. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const server = testServerUrl()
  const prefix = `tt_${randomBytes(6).toString('hex')}`
  const name = databaseName(prefix, 'empty')
  const password = randomBytes(12).toString('hex')
  await withServer(server, async (client) => {
    // The database first: roles without one are swept as leftovers.
    await client.query(`create database ${name} template template0 encoding 'UTF8' locale 'C.UTF-8'`)
    await client.query(`create role ${prefix}_owner login createrole password '${password}'`)
    await client.query(`alter database ${name} owner to ${prefix}_owner`)
  })
  return {
    name,
    adminUrl: withDatabase(withUser(server, `${prefix}_owner`, password), name),
    databaseUrl: withDatabase(withUser(server, `${prefix}_app`, password), name),
    superuserUrl: withDatabase(server, name),
    drop: () =>
      withServer(server, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
        await client.query(`drop role if exists ${prefix}_app, ${prefix}_directory, ${prefix}_identity, ${prefix}_owner`)
      }),
  }
}
