import { createInterface } from 'node:readline/promises'
import type { Output } from './output.ts'
import { Refusal, usage } from './refusal.ts'

/**
 * Lets somebody at a terminal type the name of what is about to be lost; anybody else gives it by `--yes`.
 *
 * @throws Refusal; nothing is ever asked where nobody can answer
 */
export async function confirm(out: Output, what: string, name: string, yes: string | undefined): Promise<void> {
  if (yes === name) return
  if (yes !== undefined) throw usage(`--yes says "${yes}", and this is "${name}".`)
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw usage(`${what} Without a terminal, confirm by --yes ${name}`)
  out.say(what)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const typed = await terminal.question(`Type ${name} to go on: `)
    if (typed.trim() !== name) throw new Refusal('not_confirmed', 'Nothing was done.')
  } finally {
    terminal.close()
  }
}
