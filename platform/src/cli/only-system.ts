import type { Call } from './command.ts'
import type { Project } from './project.ts'
import { usage } from './refusal.ts'

/** `--system`, or the only one that the installation runs. @throws Refusal (exit 2) when it has to be said */
export function systemAsked({ options }: Call, { systems }: Project): string {
  const asked = options.text('system')
  if (asked !== undefined) return asked
  const [system] = systems
  if (system !== undefined && systems.length === 1) return system.name
  throw usage(`--system says which: ${systems.map(({ name }) => name).join(', ')}`)
}
