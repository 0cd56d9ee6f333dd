import type { Command } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { limit, tenant } from './shared-options.ts'

/** What tenants subscribed to, and what they owe. */
export const billingCommands: readonly Command[] = [
  {
    name: 'subscription show',
    summary: 'Shows what a tenant has subscribed to, and the period that is running.',
    examples: ['subscription show northwind', 'subscription show northwind --json'],
    arguments: [tenant],
    configuration: databaseFlags,
    load: () => import('./commands/subscription-show.ts'),
  },
  {
    name: 'subscription change',
    summary: 'Chooses a plan for a tenant, with its invoice; with --dry-run it says what would be charged, and when.',
    examples: [
      'subscription change northwind professional --dry-run',
      'subscription change northwind professional --interval yearly',
    ],
    arguments: [tenant, { name: '<plan>', doc: 'Its key.' }],
    options: [{ flags: '--interval <interval>', doc: 'Default: the one it has.', choices: ['monthly', 'yearly'] }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/subscription-change.ts'),
  },
  {
    name: 'invoice list',
    summary: 'Lists the invoices of a tenant, the newest first.',
    examples: ['invoice list northwind', 'invoice list northwind --json'],
    arguments: [tenant],
    options: [limit],
    configuration: databaseFlags,
    load: () => import('./commands/invoice-list.ts'),
  },
  {
    name: 'invoice settle',
    summary: 'Notes what became of the payment of an invoice; the subscription follows.',
    examples: ['invoice settle northwind 01a1fd4a-3c2f-730a-8d92-05594b7c33e5 --outcome paid --reference "bank 17"'],
    arguments: [tenant, { name: '<invoice>', doc: 'Its id.' }],
    options: [
      { flags: '--outcome <outcome>', doc: '`void` waives it.', required: true, choices: ['paid', 'failed', 'void'] },
      { flags: '--reference <text>', doc: 'Of the payment, in the books of whoever took it.' },
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/invoice-settle.ts'),
  },
]
