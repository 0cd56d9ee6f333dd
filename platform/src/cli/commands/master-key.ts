import { makeMasterKey } from '../../secrets/master-keys.ts'
import type { Call } from '../command.ts'
import { usage } from '../refusal.ts'

export async function run({ options, out }: Call): Promise<undefined> {
  const version = Number(options.text('number') ?? '1')
  if (!Number.isInteger(version) || version < 1 || version > 255) throw usage('--number must be a whole number from 1 to 255.')
  const masterKey = makeMasterKey(version)
  out.result({ masterKey }, () => masterKey)
}
