import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Cluster, Installation } from './cluster.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { SUPERUSER } from './initialize.ts'
import { privateFolder } from './private-folder.ts'
import type { ServerUser } from './server-user.ts'
import { PORT } from './settings.ts'

/** Asks the server who it is. The password proves us to it; SCRAM also proves that it knew the password before. */
export async function verifyIdentity(
  socketDirectory: string,
  cluster: Cluster,
  installation: Installation,
  user: ServerUser,
): Promise<void> {
  privateFolder(socketDirectory, user)
  const socket = lstatSync(join(socketDirectory, `.s.PGSQL.${PORT}`))
  if (!socket.isSocket() || socket.uid !== user.uid)
    throw new EmbeddedDatabaseError(
      `The socket in ${socketDirectory} is not our server's. Please remove it, and ask who made it.`,
    )

  const client = new pg.Client({
    host: socketDirectory,
    port: PORT,
    user: SUPERUSER,
    password: installation.superuserPassword,
    database: 'postgres',
    ssl: false, // whatever PGSSLMODE says: it is a socket
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; identifier: string }>(
      `select current_setting('cluster_name') as name, system_identifier::text as identifier from pg_control_system()`,
    )
    const { name, identifier } = rows[0] ?? {}
    if (name !== cluster.name || identifier !== installation.systemIdentifier)
      throw new EmbeddedDatabaseError(
        `Another database (${name}, ${identifier}) answers in ${socketDirectory}, and not the one of ${cluster.dataDirectory}.`,
      )
  } finally {
    await client.end()
  }
}
