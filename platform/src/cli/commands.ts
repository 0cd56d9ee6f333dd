import { auditCommands } from './audit-commands.ts'
import { billingCommands } from './billing-commands.ts'
import type { Command } from './command.ts'
import { installationCommands } from './installation-commands.ts'
import { peopleCommands } from './people-commands.ts'
import { planCommands } from './plan-commands.ts'
import { programCommands } from './program-commands.ts'
import { tenantCommands } from './tenant-commands.ts'
import { usageCommands } from './usage-commands.ts'

/** Every command there is. */
export const commands: readonly Command[] = [
  ...installationCommands,
  ...tenantCommands,
  ...usageCommands,
  ...programCommands,
  ...peopleCommands,
  ...planCommands,
  ...billingCommands,
  ...auditCommands,
]
