import type { Command, CommandOption } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { tenant } from './shared-options.ts'

const systemOption: CommandOption = { flags: '--system <name>', doc: 'Which business. Default: the only one.' }

/** What is sold, and what one tenant has of it. */
export const planCommands: readonly Command[] = [
  {
    name: 'plan list',
    summary: 'Lists every version of the plans and add-ons of a system, the newest first.',
    examples: ['plan list', 'plan list --system bms --json'],
    options: [systemOption],
    configuration: databaseFlags,
    load: () => import('./commands/plan-list.ts'),
  },
  {
    name: 'plan publish',
    summary: 'Publishes the next version of a plan or an add-on. Tenants keep the version that they have.',
    examples: ['plan publish base --file base.json', 'plan publish custom_domain --add-on --file custom-domain.json'],
    arguments: [{ name: '<key>', doc: 'Of the plan; a new one makes a new plan.' }],
    options: [
      { flags: '--file <file>', doc: 'What it gives and costs, as JSON: docs/guides/plans.md.', required: true },
      { flags: '--add-on', doc: 'It is an add-on.' },
      systemOption,
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/plan-publish.ts'),
  },
  {
    name: 'plan assign',
    summary:
      'Moves a tenant to a plan, now and with its bill; with --dry-run it says what would be gained, lost, over and charged.',
    examples: ['plan assign northwind enterprise --dry-run', 'plan assign northwind base --plan-version 2'],
    arguments: [tenant, { name: '<plan>', doc: 'Its key.' }],
    options: [{ flags: '--plan-version <number>', doc: 'Default: the newest.' }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/plan-assign.ts'),
  },
  {
    name: 'plan override',
    summary: 'Agrees a feature, a limit or a value with one tenant, for a time or for good.',
    examples: [
      'plan override northwind buildings 25 --reason "until the merger is through" --expires 90d',
      'plan override northwind custom_domain on --reason "part of the contract"',
    ],
    arguments: [
      tenant,
      { name: '<name>', doc: 'Of the feature, limit or value.' },
      { name: '<value>', doc: 'on, off, a number, unlimited, or a text.' },
    ],
    options: [
      { flags: '--reason <text>', doc: 'Why; the tenant reads it too.', required: true },
      { flags: '--expires <when>', doc: 'A time (2027-01-31T00:00:00Z) or days from now (90d). Default: never.' },
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/plan-override.ts'),
  },
  {
    name: 'plan explain',
    summary: 'Says which rule decides about a feature, a limit or a value of a tenant.',
    examples: ['plan explain northwind buildings', 'plan explain northwind custom_domain --json'],
    arguments: [tenant, { name: '<name>', doc: 'Of the feature, limit or value.' }],
    configuration: databaseFlags,
    load: () => import('./commands/plan-explain.ts'),
  },
]
