import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import type { Postmaster } from './postmaster.ts'
import { factsOf } from './processes.ts'
import { STARTED_BY } from './settings.ts'

/**
 * One process stops a server: the one that started it, or, after that one was killed, the first that found the orphan.
 * The starter stands in the server's command line; an adopter in a file beside the data.
 */
export function ourMark(): string {
  return markOf(process.pid) ?? String(process.pid)
}

/** True when the server has nobody left and is ours from now on. */
export function adoptOrphan(postmaster: Postmaster, cluster: Cluster): boolean {
  if (isAlive(starterOf(postmaster)) || isAlive(adopterOf(postmaster, cluster))) return false
  const file = adoptionFile(cluster)
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ server: markOf(postmaster.pid), adopter: ourMark() }))
  renameSync(`${file}.${process.pid}`, file)
  return true
}

/** Asked again before stopping: of two that adopt at the same moment, the later one has it. */
export function isAdoptedByUs(postmaster: Postmaster, cluster: Cluster): boolean {
  return adopterOf(postmaster, cluster) === ourMark()
}

function starterOf({ commandLine }: Postmaster): string | undefined {
  return new RegExp(`${STARTED_BY}=(\\S+)`).exec(commandLine)?.[1]
}

function adopterOf(postmaster: Postmaster, cluster: Cluster): string | undefined {
  try {
    const note = JSON.parse(readFileSync(adoptionFile(cluster), 'utf8')) as { server: string; adopter: string }
    return note.server === markOf(postmaster.pid) ? note.adopter : undefined // else of an earlier server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Number and birth: numbers are used again. */
function markOf(pid: number): string | undefined {
  const found = factsOf(pid)
  return found && `${pid}.${found.birth}`
}

function isAlive(mark: string | undefined): boolean {
  return mark !== undefined && markOf(Number.parseInt(mark, 10)) === mark
}

function adoptionFile({ dataDirectory }: Cluster): string {
  return join(dataDirectory, 'adopted.json')
}
