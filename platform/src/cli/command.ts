import type { Configuration, OptionName } from '../configuration/configuration.ts'
import type { Output } from './output.ts'
import type { ExitCode } from './refusal.ts'

/** `--name <text>` and what it is for, in commander's notation; `required` ones must be given. */
export interface CommandOption {
  readonly flags: string
  readonly doc: string
  readonly required?: true
  /** May be given several times. */
  readonly many?: true
  readonly choices?: readonly string[]
}

/** One command, declared: parsing, `--help` and docs/guides/command-line.md come from here. */
export interface Command {
  /** Words after `tenantry`: `tenant create`. */
  readonly name: string
  readonly summary: string
  /** Stand first in its help, without the leading `tenantry`. */
  readonly examples: readonly string[]
  readonly arguments?: readonly { readonly name: string; readonly doc: string }[]
  readonly options?: readonly CommandOption[]
  /** Options of the configuration that it takes as flags, too. */
  readonly configuration?: readonly OptionName[]
  /** Takes `--dry-run`. */
  readonly writes?: true
  /** Loaded when it is called, so that help and mistakes are quick. */
  readonly load: () => Promise<{ readonly run: (call: Call) => Promise<ExitCode | undefined> }>
}

/** What a command gets. */
export interface Call {
  readonly arguments: readonly string[]
  readonly options: CallOptions
  readonly configuration: Configuration
  /** Where an option came from, for the few whose default depends on it. */
  readonly given: ReadonlySet<OptionName>
  readonly out: Output
}

/** Its own options as they were parsed. */
export interface CallOptions {
  readonly dryRun: boolean
  /** `--config` */
  readonly config: string | undefined
  text(name: string): string | undefined
  /** For required options and arguments with a default. */
  required(name: string): string
  list(name: string): readonly string[]
  flag(name: string): boolean
}
