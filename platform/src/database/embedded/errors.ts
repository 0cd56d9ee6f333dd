/** Something the reader of the message can act on; the command line prints it without a stack. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError'
}

/** One of PostgreSQL's programs ended: in a word why, and the end of its log, which is where it says more. */
export function whyItEnded(ended: string, log: string): string {
  const diskIsFull = /No space left on device|Check free disk space/.test(log)
  const lines = log.trimEnd().split('\n').slice(-12)
  return [diskIsFull ? 'the disk is full.' : `it ended with ${ended}.`, ...lines].join('\n')
}
