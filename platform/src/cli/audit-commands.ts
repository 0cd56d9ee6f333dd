import type { Command } from './command.ts'
import { databaseFlags } from './configuration-flags.ts'
import { tenant } from './shared-options.ts'

/** The audit, and how it is proved. */
export const auditCommands: readonly Command[] = [
  {
    name: 'audit export',
    summary: "Writes a tenant's whole audit with its seals into a new file, for anybody to verify.",
    examples: ['audit export northwind --to northwind.audit.jsonl'],
    arguments: [tenant],
    options: [{ flags: '--to <file>', doc: 'A file that is not there yet.', required: true }],
    configuration: [...databaseFlags, 'masterKeys'],
    load: () => import('./commands/audit-export.ts'),
  },
  {
    name: 'audit checkpoints',
    summary: 'Writes the newest seal of every tenant into a new file, to be published where nobody can take it back.',
    examples: ['audit checkpoints --to checkpoints.json'],
    options: [{ flags: '--to <file>', doc: 'A file that is not there yet.', required: true }],
    configuration: databaseFlags,
    load: () => import('./commands/audit-checkpoints.ts'),
  },
  {
    name: 'audit rotate-key',
    summary: 'Makes a new key that signs seals from now on; what the ones before signed holds.',
    examples: ['audit rotate-key'],
    configuration: [...databaseFlags, 'masterKeys'],
    load: () => import('./commands/audit-rotate-key.ts'),
  },
  {
    name: 'audit verify',
    summary: 'Says whether an export holds what was sealed, without a database. Exit 1 unless it does.',
    examples: ['audit verify northwind.audit.jsonl --checkpoints checkpoints.json --key audit-keys.json'],
    arguments: [{ name: '<export>', doc: 'File of `audit export`, or of `GET /v1/audit/export`.' }],
    options: [
      {
        flags: '--checkpoints <file>',
        doc: 'What was published: of `audit checkpoints` or `GET /v1/audit/checkpoints`.',
        required: true,
      },
      { flags: '--key <file>', doc: 'Public keys, as `/.well-known/audit-keys.json` gives them.', required: true },
    ],
    load: () => import('./commands/audit-verify.ts'),
  },
]
