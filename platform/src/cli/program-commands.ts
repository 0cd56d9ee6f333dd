import type { Command } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { after, limit, tenant, toFile } from './shared-options.ts'

/** What programs come with, and what they are told. */
export const programCommands: readonly Command[] = [
  {
    name: 'key create',
    summary: 'Makes an API key of a tenant and prints it, this once.',
    examples: [
      'key create northwind --name gateway --permission bms.points:write --permission bms.buildings:read',
      'key create northwind --name admin --role owner --expires 90d --to-file northwind.key',
    ],
    arguments: [tenant],
    options: [
      { flags: '--name <text>', doc: 'What it is for.', required: true },
      { flags: '--permission <name>', doc: 'What it may do; may be given several times.', many: true },
      {
        flags: '--role <role>',
        doc: 'Everything that this role may do.',
        choices: ['owner', 'admin', 'manager', 'user', 'viewer'],
      },
      { flags: '--grant <id>', doc: 'Only this object and what belongs to it; may be given several times.', many: true },
      { flags: '--expires <when>', doc: 'A time (2027-01-31T00:00:00Z) or days from now (90d). Default: never.' },
      toFile,
    ],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/key-create.ts'),
  },
  {
    name: 'key list',
    summary: "Lists a tenant's keys, the newest first. Credentials are stored nowhere.",
    examples: ['key list northwind', 'key list northwind --json'],
    arguments: [tenant],
    options: [limit, after],
    configuration: databaseFlags,
    load: () => import('./commands/key-list.ts'),
  },
  {
    name: 'key revoke',
    summary: 'Ends a key on every server within a second.',
    examples: ['key revoke northwind igtJGmaGo6Nub6RY'],
    arguments: [tenant, { name: '<key>', doc: 'Id, or the public id that stands in the key.' }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/key-revoke.ts'),
  },
  {
    name: 'webhook listen',
    summary:
      'Sends what happens in a tenant to a receiver on this machine, as a webhook would be sent there, until Ctrl-C. With --json a line for each event.',
    examples: [
      'webhook listen 3000',
      'webhook listen http://127.0.0.1:3000/hook --type "bms.building.*" --api-url https://northwind.example.com',
    ],
    arguments: [{ name: '<receiver>', doc: 'Its port, or its address.' }],
    options: [
      {
        flags: '--type <type>',
        doc: 'Only these: a type, or a prefix that ends in `.*`; may be given several times. Default: all.',
        many: true,
      },
    ],
    configuration: ['apiUrl', 'port'],
    load: () => import('./commands/webhook-listen.ts'),
  },
]
