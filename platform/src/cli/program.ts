import { Command as Commander, Option } from 'commander'
import { readConfiguration } from '../configuration/configuration.ts'
import { platformVersion } from '../configuration/version.ts'
import type { Call, CallOptions, Command } from './command.ts'
import { commands } from './commands.ts'
import { configurationFlag, configurationFlags, givenOptions } from './configuration-flags.ts'
import { createOutput } from './output.ts'
import type { ExitCode } from './refusal.ts'

const groups: Readonly<Record<string, string>> = {
  tenant: 'Tenants: make, list, suspend, archive, erase',
  key: "A tenant's API keys",
  operator: 'Those who run the platform',
  webhook: 'For those who write a receiver',
  audit: 'Prove to an outsider that nothing was altered',
}

const introduction = `Tenants held apart by the database.

  npm start                                  the demo, with a PostgreSQL of its own
  tenantry serve                             the server, on DATABASE_URL
  tenantry tenant create northwind --name "Northwind Offices"
`

/**
 * The whole command line, from the declarations in commands.ts.
 *
 * @param ended told how the command ended
 */
export function createProgram(ended: (exitCode: ExitCode) => void): Commander {
  const program = new Commander('tenantry')
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, helpWidth: 120 })
    .addHelpText('before', introduction)
    .version(platformVersion(), '--version', 'Print the version.')
    .helpOption('--help', 'Show this help.')
    .showHelpAfterError('`--help` shows how it is used.')
  const parents = new Map<string, Commander>()
  for (const command of commands) {
    const words = command.name.split(' ')
    const [group, name] = words.length === 1 ? [undefined, words[0]] : words
    const parent = group === undefined ? program : (parents.get(group) ?? addGroup(program, group))
    if (group !== undefined) parents.set(group, parent)
    addCommand(parent, name as string, command, ended)
  }
  return program
}

function addGroup(program: Commander, name: string): Commander {
  return program
    .command(name)
    .description(groups[name] ?? '')
    .helpCommand(false)
}

function addCommand(parent: Commander, name: string, command: Command, ended: (exitCode: ExitCode) => void): void {
  const commander = parent
    .command(name)
    .description(command.summary)
    .addHelpText('before', `${command.examples.map((example) => `  tenantry ${example}`).join('\n')}\n`)
    .allowExcessArguments(false)
  for (const argument of command.arguments ?? []) commander.argument(argument.name, argument.doc)
  for (const { flags, doc, required, many, choices } of command.options ?? []) {
    const option = new Option(flags, doc)
    if (required) option.makeOptionMandatory()
    if (choices) option.choices(choices)
    if (many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value])
    commander.addOption(option)
  }
  const names = command.configuration ?? []
  for (const each of names) commander.addOption(configurationFlag(each))
  if (command.writes) commander.option('--dry-run', 'Say what would be done, and do nothing.')
  commander.option('--json', 'Print the result as JSON.')
  commander.option('--config <file>', 'The tenantry.config.ts to use. Default: found upwards from here.')
  commander.action(async (...received: unknown[]) => {
    const parsed = commander.opts<Record<string, unknown>>()
    const flags = configurationFlags(names, parsed)
    const call: Call = {
      arguments: received.slice(0, command.arguments?.length ?? 0).filter((value) => value !== undefined) as string[],
      options: readOptions(parsed),
      configuration: readConfiguration(process.env, flags),
      given: givenOptions(process.env, flags),
      out: createOutput(parsed.json === true),
    }
    const { run } = await command.load()
    ended((await run(call)) ?? 0)
  })
}

function readOptions(parsed: Readonly<Record<string, unknown>>): CallOptions {
  const text = (name: string) => parsed[name] as string | undefined
  return {
    dryRun: parsed.dryRun === true,
    config: text('config'),
    text,
    required: (name) => text(name) ?? '',
    list: (name) => (parsed[name] as string[] | undefined) ?? [],
    flag: (name) => parsed[name] === true,
  }
}
