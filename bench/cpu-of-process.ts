import { readFileSync } from 'node:fs'

/** Processor time of any process of this machine in microseconds, from Linux' scheduler. Undefined where that cannot be read. */
export function cpuOfProcess(pid: number): number | undefined {
  try {
    const nanoseconds = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]
    return Number(nanoseconds) / 1_000
  } catch {
    return undefined
  }
}
