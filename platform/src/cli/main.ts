import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import type { ExitCode } from './refusal.ts'

/**
 * The command line. Answers the exit code: 0 done, 1 refused, failed or found something, 2 wrongly asked for.
 *
 * @example
 * process.exitCode = await main(process.argv.slice(2))
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  forgiveClosedPipes()
  let exitCode: ExitCode = 0
  try {
    await createProgram((code) => {
      exitCode = code
    }).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return afterParsing(error, args)
    const { report } = await import('./report-failure.ts')
    return report(error, args.includes('--json'))
  }
}

/** commander has printed what was to say. */
function afterParsing(error: CommanderError, args: readonly string[]): ExitCode {
  const asked = ['commander.helpDisplayed', 'commander.version'].includes(error.code)
  if (asked) return 0
  if (args.includes('--json')) {
    const message = error.message.replace(/^error: /, '')
    process.stdout.write(`${JSON.stringify({ error: { code: 'usage', message } }, null, 2)}\n`)
  }
  return 2
}

/** `tenantry tenant list | head` is no failure. */
function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
