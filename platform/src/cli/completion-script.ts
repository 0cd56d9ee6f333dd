import type { Command } from './command.ts'
import { configurationFlag } from './configuration-flags.ts'

/** Shells that run the script; zsh by its `bashcompinit`. */
export const shells = ['bash', 'zsh'] as const
export type Shell = (typeof shells)[number]

/**
 * What a shell reads to complete `tenantry`: the next word of a command, then its options, then files. Everything is in it, so that
 * no key waits for a process.
 */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const groups = Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? '',
  )
  const first = [...new Set(commands.map(({ name }) => name.split(' ')[0]))]
  const branches = [
    branch(`''`, [...first, '--help', '--version']),
    ...[...groups].map(([group, own]) => branch(`'${group}'`, [...own.map(({ name }) => name.split(' ')[1] ?? ''), '--help'])),
    ...commands.map((command) => branch(`'${command.name}'|'${command.name} '*`, optionsOf(command))),
  ]
  return `${shell === 'zsh' ? 'autoload -U +X compinit bashcompinit && compinit && bashcompinit\n' : ''}_tenantry() {
  local known=''
  case "\${COMP_WORDS[*]:1:COMP_CWORD-1}" in
${branches.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$known" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tenantry tenantry
`
}

function branch(pattern: string, words: readonly (string | undefined)[]): string {
  return `    ${pattern}) known='${words.join(' ')}' ;;`
}

function optionsOf({ options = [], configuration = [], writes }: Command): string[] {
  const own = options.map(({ flags }) => flags.split(' ')[0] ?? '')
  const configured = configuration.map((name) => configurationFlag(name).long ?? '')
  return [...own, ...(writes ? ['--dry-run'] : []), '--json', '--config', '--help', ...configured]
}
