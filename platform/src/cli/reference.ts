import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { configurationFlag } from './configuration-flags.ts'

const introduction = `# Command line

\`npm run tenantry -- <command>\` in a checkout, \`tenantry <command>\` where the package is installed. \`npm start\` is \`tenantry dev\`.

**Which installation.** \`DATABASE_URL\`, \`TENANTRY_ADMIN_URL\` and the other options of [configuration](../configuration.md) name it,
by environment or flag; prefer the environment for addresses that hold passwords, because other users of a machine can read flags.
Without \`DATABASE_URL\` a command works on the database of the \`npm start\` that runs in the same checkout.
Which systems run is said by \`tenantry.config.ts\`, found upwards from the working directory or named by \`--config\`.

**Output.** The result goes to standard output, all talk to standard error. With \`--json\` the result is one JSON document whose
members stay; a failure is \`{ "error": { "code", "message" } }\` there. Credentials are printed once, or written by \`--to-file\`
into a new file that only its owner can read.

**Exit codes.**

| code | meaning |
| --- | --- |
| 0 | done; a server that was told to stop has stopped in order |
| 1 | refused, failed, or something was found (\`doctor\`) |
| 2 | asked for in a way that cannot be understood: an unknown command or option, a missing or wrong value |

**Questions** are asked at a terminal only, and only before something is lost. Everywhere else the same is said by \`--yes <slug>\`.
\`--dry-run\` says what would be done and does nothing.

**What \`npm start\` keeps** is in \`.tenantry/\` of the checkout: \`postgres/\` the database, \`demo-keys.json\` the demo's keys and
\`passwords.json\` those of the database roles, both readable by their owner only. Deleting the folder starts anew.
It listens on port 4400 or, where that is taken, on the next free one. Ctrl-C ends the server, the simulators and PostgreSQL;
after a \`kill -9\` PostgreSQL stays, and the next start takes it over.

## Commands
`

/** docs/guides/command-line.md. */
export function commandLineReference(): string {
  return `${introduction}\n${commands.map(section).join('\n')}`
}

function section(command: Command): string {
  const parts = [command.name, ...(command.arguments ?? []).map(({ name }) => name), '[options]']
  const details = [
    ...(command.arguments ?? []).map(({ name, doc }) => `- \`${name}\`: ${doc}`),
    ...(command.options ?? []).map(({ flags, doc, required }) => `- \`${flags}\`: ${doc}${required ? ' Required.' : ''}`),
    ...(command.writes ? ['- `--dry-run`: Say what would be done, and do nothing.'] : []),
    configurationOf(command),
  ].filter((line) => line !== '')
  const examples = command.examples.map((example) => `tenantry ${example}`)
  return [
    `### \`tenantry ${parts.join(' ')}\``,
    '',
    command.summary,
    '',
    '```sh',
    ...examples,
    '```',
    '',
    ...details,
    ...(details.length === 0 ? [] : ['']),
  ].join('\n')
}

function configurationOf({ configuration = [] }: Command): string {
  if (configuration.length === 0) return ''
  if (configuration.length > 5) return '- and the options of [configuration](../configuration.md)'
  return `- ${configuration.map((name) => `\`${configurationFlag(name).long}\``).join(', ')}: see [configuration](../configuration.md)`
}
