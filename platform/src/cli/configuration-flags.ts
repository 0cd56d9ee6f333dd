import { Option } from 'commander'
import type { OptionName } from '../configuration/configuration.ts'
import type { Option as ConfigurationOption } from '../configuration/option.ts'
import { options } from '../configuration/options.ts'

const optionOf = (name: OptionName): ConfigurationOption<unknown> => options[name]

/** One of the configuration's options as a flag. Its value stays text: the configuration itself parses and judges it. */
export function configurationFlag(name: OptionName): Option {
  const { flag, type, doc, fallback, environment } = optionOf(name)
  const value = type === 'true or false' ? '[true|false]' : `<${type.startsWith('integer') ? 'number' : 'text'}>`
  const shown =
    fallback === undefined || (Array.isArray(fallback) && fallback.length === 0) ? '' : ` Default: ${String(fallback)}.`
  return new Option(`--${flag} ${value}`, `${doc}${shown} (${environment})`)
}

/** The flags that were given, by the configuration's names. */
export function configurationFlags(
  names: readonly OptionName[],
  parsed: Readonly<Record<string, unknown>>,
): Partial<Record<OptionName, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = parsed[configurationFlag(name).attributeName()]
      // `--empty` alone is a yes.
      return value === undefined ? [] : [[name, value === true ? '' : String(value)]]
    }),
  )
}

/** Which options were said at all, by flag or environment. */
export function givenOptions(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Partial<Record<OptionName, string>>,
): ReadonlySet<OptionName> {
  const names = Object.keys(options) as OptionName[]
  return new Set(names.filter((name) => flags[name] !== undefined || (environment[optionOf(name).environment] ?? '') !== ''))
}

/** For commands that open the database. */
export const databaseFlags = ['databaseUrl', 'adminUrl', 'directoryUrl', 'identityUrl'] as const satisfies readonly OptionName[]

/** For commands that serve: everything but the demo, and what clients need. */
export const serverFlags = (Object.keys(options) as OptionName[]).filter((name) => !['empty', 'apiUrl', 'apiKey'].includes(name))

/** For commands that print or send links. */
export const linkFlags = ['baseDomain', 'publicScheme', 'publicPort'] as const satisfies readonly OptionName[]
