import { rmSync } from 'node:fs'
import { factsOf } from '../../database/embedded/processes.ts'
import { readPrivate, writePrivate } from './dev-folder.ts'

/** The `tenantry dev` of a checkout. */
export interface RunningDev {
  readonly pid: number
  /** Numbers are used again; the birth tells this process from a later one. */
  readonly birth: string | undefined
  /** Once it answers. */
  readonly address?: string
}

/** Undefined when none runs, whatever a killed one left behind. */
export function runningDev(file: string): RunningDev | undefined {
  const note = readPrivate<RunningDev>(file)
  return note !== undefined && note.birth !== undefined && factsOf(note.pid)?.birth === note.birth ? note : undefined
}

export function noteRunning(file: string, address?: string): void {
  writePrivate(file, { pid: process.pid, birth: factsOf(process.pid)?.birth, ...(address === undefined ? {} : { address }) })
}

export function forgetRunning(file: string): void {
  rmSync(file, { force: true })
}
