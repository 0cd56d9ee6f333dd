import { type Logger, pino } from 'pino'
import type { Configuration } from '../configuration/configuration.ts'

/** Bytes and milliseconds that lines may wait for each other. */
const together = 60_000
const mostAtOnce = 65_536
const longest = 100

/**
 * The server's log on standard output. Lines leave together, because a system call for each would cost a request more than
 * making the line; they also leave when the process ends.
 */
export function createServerLog({ logLevel }: Pick<Configuration, 'logLevel'>): Logger {
  const settings = { dest: 1, sync: false, minLength: together, maxWrite: mostAtOnce, periodicFlush: longest }
  // As bytes: of text it would measure all that waits again with each line, a tenth of a request's time.
  const output = pino.destination({ ...settings, contentMode: 'buffer' })
  const write = output.write as unknown as (bytes: Buffer) => boolean
  return pino({ level: logLevel }, Object.assign(output, { write: (line: string) => write.call(output, Buffer.from(line)) }))
}
