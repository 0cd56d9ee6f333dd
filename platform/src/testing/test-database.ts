import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { withDatabase } from '../database/connection-url.ts'
import type { AfterMigration } from '../database/migrate.ts'
import type { MigrationSource } from '../database/migration-files.ts'
import { isOneOf } from '../database/roles.ts'
import { testServerUrl, withServer } from './test-server.ts'
import { databaseName, type TestTemplate, testTemplate } from './test-template.ts'

export interface TestDatabase {
  readonly name: string
  /** As the owner. */
  readonly adminUrl: string
  readonly appUrl: string
  readonly directoryUrl: string
  readonly identityUrl: string
  /** For what only a test does: terminating backends, looking behind the policies. */
  readonly superuserUrl: string
  readonly drop: () => Promise<void>
}

export interface TestDatabaseOptions {
  readonly systems?: readonly MigrationSource[]
  readonly afterMigrations?: readonly AfterMigration[]
}

/**
 * A migrated database of one's own: a copy of a template that is made once per set of SQL files.
 * Its roles are shared by all databases of that set: a test that alters roles starts a `testCluster()` instead.
 * One that is not dropped is swept after its process has ended.
 *
 * @example
 * const database = await testDatabase({ systems: [{ name: 'bms', directory: new URL('../migrations/', import.meta.url) }] })
 * afterAll(() => database.drop())
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = testServerUrl()
  const template = await testTemplate(server, options)
  const name = databaseName(template.prefix, randomBytes(4).toString('hex'))
  await withServer(server, (client) => copyTemplate(client, template, name))
  return {
    name,
    adminUrl: withDatabase(template.adminUrl, name),
    appUrl: withDatabase(template.appUrl, name),
    directoryUrl: withDatabase(template.directoryUrl, name),
    identityUrl: withDatabase(template.identityUrl, name),
    superuserUrl: withDatabase(server, name),
    drop: () => withServer(server, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  }
}

async function copyTemplate(client: pg.Client, template: TestTemplate, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`create database ${name} template ${template.name} owner ${template.prefix}_owner`)
      break
    } catch (error) {
      // Somebody looks into the template at this moment, an autovacuum worker for example.
      if (attempt === 50 || !isOneOf(error, ['55006'])) throw error
      await sleep(100 + Math.random() * 100)
    }
  }
  // A copy has the tables' grants, but not those of the database itself.
  await client.query(`revoke all on database ${name} from public`)
  await client.query(
    `grant connect on database ${name} to ${template.prefix}_app, ${template.prefix}_directory, ${template.prefix}_identity`,
  )
}
