import type { Call } from '../command.ts'
import { commands } from '../commands.ts'
import { completionScript, type Shell } from '../completion-script.ts'

export async function run(call: Call): Promise<undefined> {
  const shell = (call.options.text('shell') ?? 'bash') as Shell
  const script = completionScript(shell, commands)
  call.out.result({ shell, script }, () => script)
}
