/** `weak`: works, but something wants attention. `failed`: send no requests here. */
export type CheckState = 'ok' | 'weak' | 'failed'

/** What readiness depends on, by name: `{ database: () => … }`. A check that throws or takes over two seconds has failed. */
export type ReadinessChecks = Readonly<Record<string, () => CheckState | Promise<CheckState>>>

export interface Readiness {
  readonly status: CheckState
  readonly checks: Readonly<Record<string, CheckState>>
}

const patience = 2000

/** Runs all checks at once; the whole is as good as its worst. */
export async function readReadiness(checks: ReadinessChecks): Promise<Readiness> {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await judge(check)] as const))
  const states = results.map(([, state]) => state)
  const status = states.includes('failed') ? 'failed' : states.includes('weak') ? 'weak' : 'ok'
  return { status, checks: Object.fromEntries(results) }
}

async function judge(check: () => CheckState | Promise<CheckState>): Promise<CheckState> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CheckState>((resolve) => {
    timer = setTimeout(() => resolve('failed'), patience)
  })
  try {
    return await Promise.race([late, Promise.resolve().then(check)])
  } catch {
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}
