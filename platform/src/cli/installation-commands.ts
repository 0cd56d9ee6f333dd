import type { Command } from './command.ts'
import { shells } from './completion-script.ts'
import { databaseFlags, serverFlags } from './configuration-flags.ts'

/** Of the installation itself: to run it, look after it, and prove its walls. */
export const installationCommands: readonly Command[] = [
  {
    name: 'dev',
    summary: 'Runs everything on a PostgreSQL of its own, with a demo: what `npm start` does.',
    examples: ['dev', 'dev --empty', 'dev --port 5000'],
    configuration: [...serverFlags.filter((name) => !(databaseFlags as readonly string[]).includes(name)), 'empty'],
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'serve',
    summary: 'Serves an installation. Refuses to start where one tenant could see another.',
    examples: ['serve', 'serve --host 0.0.0.0 --port 8080'],
    configuration: serverFlags,
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'migrate',
    summary: "Brings a database to this release: roles, functions, tables. Needs the owner's address.",
    examples: ['migrate --dry-run', 'migrate'],
    options: [{ flags: '--reset-passwords', doc: 'Set the passwords of roles that exist to those of the addresses.' }],
    configuration: databaseFlags,
    writes: true,
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'maintain',
    summary: "Makes partitions, drops what is past its time, erases what is due. Needs the owner's address.",
    examples: ['maintain', 'maintain --once --json'],
    options: [{ flags: '--once', doc: 'One full round, then end.' }],
    configuration: [...databaseFlags, 'logLevel'],
    load: () => import('./commands/maintain.ts'),
  },
  {
    name: 'doctor',
    summary: 'Asks the database whether any tenant could see another. Exit 1 on findings.',
    examples: ['doctor', 'doctor --json', 'doctor --accepted-findings accepted-findings.json'],
    configuration: [...databaseFlags, 'acceptedFindings'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'attack',
    summary: 'Tries every route as everybody, with synthetic tenants that it takes away again. Exit 1 unless all was proved.',
    examples: ['attack', 'attack --json > attack.json', 'attack --only readBuildingData'],
    options: [{ flags: '--only <operation>', doc: 'This operation alone; may be given several times. Proves less.', many: true }],
    configuration: [...databaseFlags, 'acceptedFindings'],
    load: () => import('./commands/attack.ts'),
  },
  {
    name: 'openapi',
    summary: 'Prints the OpenAPI document of all routes.',
    examples: ['openapi > openapi.json'],
    load: () => import('./commands/openapi.ts'),
  },
  {
    name: 'completion',
    summary: 'Prints what a shell reads to complete commands and options.',
    examples: ['completion > ~/.local/share/bash-completion/completions/tenantry', 'completion --shell zsh >> ~/.zshrc'],
    options: [{ flags: '--shell <shell>', doc: 'Default: bash.', choices: shells }],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'master-key',
    summary: 'Makes a key for TENANTRY_MASTER_KEYS and prints it. Whoever has it can open what the installation seals.',
    examples: ['master-key', 'master-key --number 2'],
    options: [{ flags: '--number <number>', doc: 'Its version: one more than that of the key before. Default: 1.' }],
    load: () => import('./commands/master-key.ts'),
  },
  {
    name: 'rotate-secrets',
    summary:
      'Seals with the newest master key whatever older ones sealed. Run it after a new one was put before them; run it again if it broke off.',
    examples: ['rotate-secrets', 'rotate-secrets --json'],
    configuration: [...databaseFlags, 'masterKeys'],
    load: () => import('./commands/rotate-secrets.ts'),
  },
  {
    name: 'token-key rotate',
    summary: 'Makes a new key that signs access tokens. Running servers use it at once.',
    examples: ['token-key rotate', 'token-key rotate --drop-old'],
    options: [{ flags: '--drop-old', doc: 'Somebody else has the old key: every access token signed with it is over now.' }],
    configuration: [...databaseFlags, 'masterKeys'],
    load: () => import('./commands/token-key-rotate.ts'),
  },
  {
    name: 'domain nginx',
    summary: 'Prints the nginx configuration of a domain, and says which commands get and keep its certificate.',
    examples: ['domain nginx cloud.client.co.uk', 'domain nginx cloud.client.co.uk --upstream 10.0.0.5:4400'],
    arguments: [{ name: '<host>', doc: 'The domain.' }],
    options: [
      { flags: '--upstream <address>', doc: 'Where the server listens. Default: 127.0.0.1 and the configured port.' },
      { flags: '--webroot <folder>', doc: 'Where certbot puts what the authority asks for. Default: /var/www/certbot.' },
    ],
    configuration: ['port', 'baseDomain'],
    load: () => import('./commands/domain-nginx.ts'),
  },
]
