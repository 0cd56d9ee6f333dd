import type { Command, CommandOption } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { tenant } from './shared-options.ts'

const key: CommandOption = {
  flags: '--key <text>',
  doc: 'Your name for the event, for good: sent again it counts nothing.',
  required: true,
}
const description: CommandOption = { flags: '--description <text>', doc: 'Shown in the log.' }

/** What tenants used: how far their limits, day by day; reported, taken back. */
export const usageCommands: readonly Command[] = [
  {
    name: 'quota list',
    summary: 'Shows how far the limits of a tenant are used, and when they begin anew.',
    examples: ['quota list northwind', 'quota list northwind --json'],
    arguments: [tenant],
    configuration: databaseFlags,
    load: () => import('./commands/quota-list.ts'),
  },
  {
    name: 'usage show',
    summary: 'Shows what a tenant used day by day, and when its limits will be reached.',
    examples: ['usage show northwind', 'usage show northwind --meter transactions --from 2026-11-01 --to 2026-11-30'],
    arguments: [tenant],
    options: [
      { flags: '--meter <name>', doc: 'Only this one.' },
      { flags: '--from <day>', doc: "First day, of the tenant's calendar. Default: 29 days before the last." },
      { flags: '--to <day>', doc: 'Last day. Default: today.' },
    ],
    configuration: databaseFlags,
    load: () => import('./commands/usage-show.ts'),
  },
  {
    name: 'usage record',
    summary: 'Reports use of a meter that a tenant made.',
    examples: ['usage record northwind transactions 3 --key order-1001'],
    arguments: [tenant, { name: '<meter>', doc: 'A metered limit of its plan.' }, { name: '<quantity>', doc: 'A whole number.' }],
    options: [key, { flags: '--at <time>', doc: 'When it happened: at most 35 days ago. Default: now.' }, description],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/usage-record.ts'),
  },
  {
    name: 'usage correct',
    summary: 'Takes back what was reported, in whole or in part; it counts where its original did.',
    examples: ['usage correct northwind transactions 2 --corrects order-1001 --key refund-1001'],
    arguments: [
      tenant,
      { name: '<meter>', doc: 'That of the original.' },
      { name: '<quantity>', doc: 'How much is taken back.' },
    ],
    options: [
      { flags: '--corrects <text>', doc: 'Key of the original; each is corrected once.', required: true },
      key,
      description,
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/usage-correct.ts'),
  },
]
