import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Who the database processes run as. `switchTo` is what spawn needs; empty when they run as ourselves. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  readonly switchTo: { uid?: number; gid?: number }
}

/** The number that every Linux keeps for "nobody". It needs no entry in /etc/passwd. */
const NOBODY = 65534

/** PostgreSQL refuses to run as root: there it runs as whoever owns the data already, else as nobody. */
export function serverUser(clusterFolder: string): ServerUser {
  const { uid, gid } = ourselves()
  if (uid !== 0) return { uid, gid, switchTo: {} }
  const owner = lstatSync(clusterFolder, { throwIfNoEntry: false })
  const other = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: NOBODY, gid: NOBODY }
  return { ...other, switchTo: other }
}

export function ourselves(): { uid: number; gid: number } {
  return { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
}

/** Whether this user gets to the path through every folder above it, and may read it. */
export function canReach(path: string, user: ServerUser): boolean {
  if (user.uid === ourselves().uid) return true
  for (let at = realpathSync(path), need = 0o4; ; at = dirname(at), need = 0o1) {
    if ((permissions(statSync(at), user) & need) !== need) return false
    if (at === dirname(at)) return true
  }
}

function permissions({ mode, uid, gid }: Stats, user: ServerUser): number {
  if (uid === user.uid) return (mode >> 6) & 0o7
  if (gid === user.gid) return (mode >> 3) & 0o7
  return mode & 0o7
}
