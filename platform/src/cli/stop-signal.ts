import type { ExitCode } from './refusal.ts'

export interface Stop {
  readonly signal: AbortSignal
  now(): void
}

/** Fires once, at the first wish to end; a second Ctrl-C finds the first one being obeyed. */
export function stopSignal(): Stop {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort(name))
  return { signal: controller.signal, now: () => controller.abort('accident') }
}

/** An error that nobody caught ends the process, but in order: what it started must not stay behind. */
export function stopOnAccident(stop: Stop, say: (line: string) => void): { readonly happened: boolean } {
  const accident = { happened: false }
  process.on('uncaughtException', (error) => {
    say(`An error that nobody expected: ${error.stack ?? error.message}`)
    accident.happened = true
    stop.now()
  })
  return accident
}

export function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Ends what does not end by itself: a process that hangs while it stops is worse than an answer cut short. */
export function endAfter(milliseconds: number, exitCode: ExitCode = 1): void {
  setTimeout(() => process.exit(exitCode), milliseconds).unref()
}

/** Waits no longer than that, and never rejects. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}
