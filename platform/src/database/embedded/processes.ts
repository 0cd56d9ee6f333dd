import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** What can be known of another process. Undefined when there is none with this number, or when it has ended. */
export interface ProcessFacts {
  readonly uid: number
  readonly commandLine: string
  /** When it began, in the system's own words: tells a process from a later one with the same number. */
  readonly birth: string
}

export function factsOf(pid: number): ProcessFacts | undefined {
  if (!(pid > 0)) return undefined
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    return undefined
  }
}

export function isAlive(pid: number): boolean {
  return factsOf(pid) !== undefined
}

function fromProc(pid: number): ProcessFacts | undefined {
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  if (commandLine === '') return undefined // ended, and nobody has asked how
  // The name in parentheses may hold spaces; after it come the fields from the third on, and the start is the 22nd.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const birth = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]
  return birth === undefined ? undefined : { uid: statSync(`/proc/${pid}`).uid, commandLine, birth }
}

function fromPs(pid: number): ProcessFacts | undefined {
  const line = execFileSync('ps', ['-ww', '-p', String(pid), '-o', 'uid=,lstart=,command='], { encoding: 'utf8' })
  const [, uid, birth, commandLine] = /^\s*(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/s.exec(line) ?? []
  if (!uid || !birth || !commandLine) return undefined
  return { uid: Number(uid), commandLine, birth: birth.replace(/\s+/g, '-') }
}
