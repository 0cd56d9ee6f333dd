import { roles } from '../access/principal.ts'
import type { Command } from './command.ts'
import { databaseFlags, linkFlags } from './configuration-flags.ts'
import { limit, tenant, toFile } from './shared-options.ts'

const member = { name: '<member>', doc: 'Address or id.' }

/** People: of a tenant, and those who run the platform. */
export const peopleCommands: readonly Command[] = [
  {
    name: 'member list',
    summary: 'Lists the members of a tenant in the order in which they joined.',
    examples: ['member list northwind', 'member list northwind --role owner --json'],
    arguments: [tenant],
    options: [
      { flags: '--role <role>', doc: 'Only these.', choices: roles },
      { flags: '--search <text>', doc: 'How words of name or address begin.' },
      limit,
    ],
    configuration: databaseFlags,
    load: () => import('./commands/member-list.ts'),
  },
  {
    name: 'member invite',
    summary: 'Invites somebody into a tenant by mail; a running server sends it.',
    examples: ['member invite northwind ada@example.com --role owner'],
    arguments: [tenant, { name: '<email>', doc: 'Address of the person.' }],
    options: [{ flags: '--role <role>', doc: 'Default: viewer.', choices: roles }],
    configuration: [...databaseFlags, 'masterKeys', ...linkFlags],
    writes: true,
    load: () => import('./commands/member-invite.ts'),
  },
  {
    name: 'member role',
    summary: "Changes a member's role. It acts within a second.",
    examples: ['member role northwind ada@example.com --role manager'],
    arguments: [tenant, member],
    options: [{ flags: '--role <role>', doc: 'The new one.', choices: roles, required: true }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/member-role.ts'),
  },
  {
    name: 'member remove',
    summary: 'Ends a membership: sessions and tokens are out within a second.',
    examples: ['member remove northwind ada@example.com', 'member remove northwind ada@example.com --keys revoke'],
    arguments: [tenant, member],
    options: [{ flags: '--keys <what>', doc: 'What becomes of the API keys that the member made.', choices: ['revoke', 'keep'] }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/member-remove.ts'),
  },
  {
    name: 'operator invite',
    summary:
      'Prints a link with which an operator chooses a password, once and within 24 hours; makes the operator if there is none.',
    examples: ['operator invite olivia@example.com --name Olivia'],
    arguments: [{ name: '<email>', doc: 'Address of the person.' }],
    options: [{ flags: '--name <text>', doc: 'Name of the person.', required: true }, toFile],
    configuration: [...databaseFlags, ...linkFlags],
    writes: true,
    load: () => import('./commands/operator-invite.ts'),
  },
  {
    name: 'operator create',
    summary: 'Makes an operator and a first key for his programs, and prints the key, this once.',
    examples: ['operator create olivia@example.com --name Olivia'],
    arguments: [{ name: '<email>', doc: 'Address of the person.' }],
    options: [
      { flags: '--name <text>', doc: 'Name of the person.', required: true },
      { flags: '--days <number>', doc: 'How long the key lives, at most 366. Default: 90.' },
      toFile,
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/operator-create.ts'),
  },
  {
    name: 'operator list',
    summary: 'Lists the operators.',
    examples: ['operator list', 'operator list --json'],
    configuration: databaseFlags,
    load: () => import('./commands/operator-list.ts'),
  },
]
