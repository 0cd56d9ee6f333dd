import type { Option } from './option.ts'
import { options } from './options.ts'

const all = Object.values(options) as readonly Option<unknown>[]

/** The option part of `--help`. */
export function optionsHelp(): string {
  const width = Math.max(...all.map((option) => option.flag.length)) + 4
  return all.map((option) => `  ${`--${option.flag}`.padEnd(width)}${option.doc}${shown(option, ' Default: ')}`).join('\n')
}

/** docs/configuration.md. */
export function configurationReference(): string {
  const rows = all.map(
    (option) => `| \`${option.environment}\` | \`--${option.flag}\` | ${option.type} | ${shown(option, '')} | ${option.doc} |`,
  )
  return [
    '# Configuration',
    '',
    'By environment or flag; a flag wins. Read once at start, checked as a whole, then frozen.',
    '',
    '| Environment | Flag | Type | Default | What for |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function shown(option: Option<unknown>, lead: string): string {
  const { fallback } = option
  if (fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)) return ''
  return `${lead}${String(fallback)}${lead === '' ? '' : '.'}`
}
