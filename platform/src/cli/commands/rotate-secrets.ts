import { rotateTenants } from '../../secrets/rotate-tenants.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { withServices } from '../open-services.ts'
import { facts } from '../output.ts'
import { usage } from '../refusal.ts'

/**
 * After a new master key was put before the older ones: seals with it whatever they sealed, so that they can go. Killed at any
 * point and run again it goes on where it was.
 */
export function run(call: Call): Promise<undefined> {
  if (call.configuration.masterKeys.length === 0) {
    throw usage('TENANTRY_MASTER_KEYS is not set: give the new key and the older ones, the newest first.')
  }
  return withServices(call, async ({ services, scope, directory }) => {
    const rotation = await rotateTenants(directory.pool, services.secrets, (tenantId) =>
      scope({ tenantId, actor: commandLine.actor }),
    )
    const secondFactors = await services.identity.rewrapSecrets()
    const signingKeys = await services.tokens.rewrapKeys()
    const auditKeys = await services.auditProof.rewrapKeys()
    call.out.result({ ...rotation, secondFactors, signingKeys, auditKeys }, () =>
      facts({
        tenants: rotation.tenants,
        'keys of tenants sealed anew': rotation.sealedAnew,
        'waiting mails sealed anew': rotation.mails,
        'second factors sealed anew': secondFactors,
        'signing keys sealed anew': signingKeys,
        'audit keys sealed anew': auditKeys,
      }),
    )
    return undefined
  })
}
