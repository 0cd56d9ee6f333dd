import type { CommandOption } from './command.ts'

export const tenant = { name: '<tenant>', doc: 'Slug or id.' }
export const limit: CommandOption = { flags: '--limit <number>', doc: 'Most to show. Default: 100.' }
export const after: CommandOption = { flags: '--after <id>', doc: 'Go on behind this one.' }
export const toFile: CommandOption = {
  flags: '--to-file <file>',
  doc: 'Write the credential into this new file instead of printing it.',
}
