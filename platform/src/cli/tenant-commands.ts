import type { Command, CommandOption } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { after, limit, tenant } from './shared-options.ts'

const reason: CommandOption = { flags: '--reason <text>', doc: "Why; kept in the tenant's history.", required: true }

/** Tenants from their making to their end. */
export const tenantCommands: readonly Command[] = [
  {
    name: 'tenant create',
    summary: 'Makes a tenant with all that belongs to it, or nothing. Running servers know it at once.',
    examples: [
      'tenant create northwind --name "Northwind Offices"',
      'tenant create harbour --name Harbour --system bms --tier enterprise',
      'tenant create pier-one --name "Pier One" --parent harbour',
    ],
    arguments: [{ name: '<slug>', doc: 'Its name in addresses: 3 to 40 of a-z, 0-9 and hyphens.' }],
    options: [
      { flags: '--name <text>', doc: 'Its name for people.', required: true },
      { flags: '--system <name>', doc: 'Which business it belongs to. Default: the only one.' },
      { flags: '--tier <name>', doc: "Default: the system's first." },
      { flags: '--time-zone <zone>', doc: 'IANA name, such as Europe/Berlin.' },
      { flags: '--locale <tag>', doc: 'BCP 47 tag, such as de-AT.' },
      { flags: '--billing-email <address>', doc: 'Where invoices go.' },
      { flags: '--phone <number>', doc: 'For urgent cases.' },
      { flags: '--parent <slug>', doc: 'The tenant above it, whose brand it inherits.' },
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/tenant-create.ts'),
  },
  {
    name: 'tenant list',
    summary: 'Lists tenants in the order in which they were made.',
    examples: ['tenant list', 'tenant list --status suspended', 'tenant list --search north --json'],
    options: [
      {
        flags: '--status <status>',
        doc: 'Only these.',
        choices: ['provisioning', 'active', 'suspended', 'archived', 'deleted'],
      },
      { flags: '--tier <name>', doc: 'Only these.' },
      { flags: '--system <name>', doc: 'Only these.' },
      { flags: '--search <text>', doc: 'How slug or name begin.' },
      limit,
      after,
    ],
    configuration: databaseFlags,
    load: () => import('./commands/tenant-list.ts'),
  },
  {
    name: 'tenant health',
    summary: 'Lists active tenants by how they fare, the worst first.',
    examples: ['tenant health', 'tenant health --state critical', 'tenant health --system bms --json'],
    options: [
      { flags: '--state <state>', doc: 'Only these.', choices: ['healthy', 'warning', 'critical'] },
      { flags: '--system <name>', doc: 'Only these.' },
      limit,
    ],
    configuration: databaseFlags,
    load: () => import('./commands/tenant-health.ts'),
  },
  {
    name: 'tenant show',
    summary: 'Shows a tenant with its limits.',
    examples: ['tenant show northwind', 'tenant show northwind --json'],
    arguments: [tenant],
    configuration: databaseFlags,
    load: () => import('./commands/tenant-show.ts'),
  },
  {
    name: 'tenant suspend',
    summary: 'Stops a tenant. Its keys feel it on every server within a second.',
    examples: [
      'tenant suspend northwind --reason "invoice unpaid"',
      'tenant suspend northwind --mode read_only --reason "invoice late"',
    ],
    arguments: [tenant],
    options: [
      reason,
      { flags: '--mode <mode>', doc: 'Whether it may still read. Default: blocked.', choices: ['read_only', 'blocked'] },
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => moveCommand('suspend'),
  },
  {
    name: 'tenant resume',
    summary: 'Ends a suspension.',
    examples: ['tenant resume northwind --reason paid'],
    arguments: [tenant],
    options: [reason],
    configuration: databaseFlags,
    writes: true,
    load: () => moveCommand('resume'),
  },
  {
    name: 'tenant archive',
    summary: 'Takes a tenant out of service and keeps its rows.',
    examples: ['tenant archive northwind --reason "contract ended"'],
    arguments: [tenant],
    options: [reason],
    configuration: databaseFlags,
    writes: true,
    load: () => moveCommand('archive'),
  },
  {
    name: 'tenant restore',
    summary: 'Brings back an archived tenant, or a deleted one whose rows are still there.',
    examples: ['tenant restore northwind --reason "came back"'],
    arguments: [tenant],
    options: [reason],
    configuration: databaseFlags,
    writes: true,
    load: () => moveCommand('restore'),
  },
  {
    name: 'tenant erase',
    summary: "Deletes a tenant; its rows go after the grace period, or now. --now needs the owner's address.",
    examples: [
      'tenant erase northwind --reason "asked for by letter"',
      'tenant erase northwind --now --yes northwind --reason gdpr --json',
    ],
    arguments: [tenant],
    options: [
      reason,
      { flags: '--now', doc: 'Every row at once, and say how many. There is no way back.' },
      { flags: '--yes <slug>', doc: 'Confirms without being asked; the slug says that it is this one.' },
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/tenant-erase.ts'),
  },
]

async function moveCommand(transition: 'suspend' | 'resume' | 'archive' | 'restore') {
  const { moveTo } = await import('./commands/tenant-move.ts')
  return { run: moveTo(transition) }
}
