import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { usage } from '../refusal.ts'

/** Running servers sign with the new key at once; tokens of the old one go on until they are over, unless the old one goes too. */
export function run(call: Call): Promise<undefined> {
  if (call.configuration.masterKeys.length === 0)
    throw usage('TENANTRY_MASTER_KEYS is not set: it seals the keys that sign tokens.')
  return withServices(call, async ({ services }) => {
    const dropOld = call.options.flag('dropOld')
    const keyId = await services.tokens.rotateKey({ dropOld })
    call.out.result({ keyId, dropOld }, () => keyId)
    call.out.say(
      dropOld
        ? 'Every access token is over. Sessions and refresh tokens make new ones.'
        : 'Tokens of the old key are good until they are over.',
    )
    return undefined
  })
}
