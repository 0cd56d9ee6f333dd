import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Installation } from './cluster.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { verifyIdentity } from './identity.ts'
import { type Launch, launch } from './launch.ts'
import { findPostmaster, type Postmaster, shutDown } from './postmaster.ts'
import { privateFolder, runtimeFolder } from './private-folder.ts'
import { ourMark } from './responsibility.ts'

/** How long another process may take to start or to stop the server that we wait for. */
const PATIENCE_MS = 60_000

interface Wanted extends Pick<Launch, 'cluster' | 'binaries' | 'user' | 'durable'> {
  readonly installation: Installation
}

/** Takes the server that is running, else starts one; others may do the same, or be stopping it, at this moment. */
export async function attachOrLaunch(wanted: Wanted): Promise<{ postmaster: Postmaster; attached: boolean }> {
  const { cluster, installation, user } = wanted
  const runtime = runtimeFolder(cluster.name, user)
  let launched: Postmaster | undefined
  let silence: unknown
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(20)) {
    if (!launched && !findPostmaster(cluster, user)) {
      launched = await launch({ ...wanted, socketDirectory: privateFolder(runtime, user), startedBy: ourMark() })
    }
    const postmaster = findPostmaster(cluster, user)
    if (!postmaster?.ready) continue
    try {
      await verifyIdentity(postmaster.socketDirectory, cluster, installation, user)
      return { postmaster, attached: postmaster.pid !== launched?.pid }
    } catch (error) {
      if (!isPassing(error)) {
        if (launched) await shutDown(launched)
        throw error
      }
      silence = error
    }
  }
  throw new EmbeddedDatabaseError(`The PostgreSQL that runs on ${cluster.dataDirectory} does not answer.`, { cause: silence })
}

/** A server that is starting, stopping or being killed refuses or drops connections; then it is there, or gone. */
function isPassing(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code?.startsWith('57P') === true
  return !(error instanceof EmbeddedDatabaseError)
}
