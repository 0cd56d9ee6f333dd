import type { Call } from './command.ts'
import { Refusal } from './refusal.ts'

/** The addresses of one installation. */
export interface Addresses {
  readonly databaseUrl: string
  readonly adminUrl?: string
  readonly directoryUrl?: string
  readonly identityUrl?: string
  /** Of the `tenantry dev` whose database it is: links lead to its port. */
  readonly serverAddress?: string
  readonly masterKeys: readonly string[]
}

/**
 * The configured database, or, without one, the embedded one that `tenantry dev` is running in this checkout.
 * It is never started from here: a second process that ended would take it away from the first.
 *
 * @throws Refusal when there is neither
 */
export async function addressesOf({ configuration }: Call, root: string): Promise<Addresses> {
  const { databaseUrl, adminUrl, directoryUrl, identityUrl, masterKeys } = configuration
  if (databaseUrl !== undefined) {
    return {
      databaseUrl,
      masterKeys,
      ...(adminUrl === undefined ? {} : { adminUrl }),
      ...(directoryUrl === undefined ? {} : { directoryUrl }),
      ...(identityUrl === undefined ? {} : { identityUrl }),
    }
  }
  const { runningInstallation } = await import('./dev/running-installation.ts')
  const running = await runningInstallation(root)
  if (running !== undefined) return { ...running, masterKeys: masterKeys.length > 0 ? masterKeys : running.masterKeys }
  throw new Refusal(
    'no_database',
    'DATABASE_URL is not set, and no `npm start` is running in this checkout. Start it in another terminal, or set DATABASE_URL.',
  )
}

/** @throws Refusal */
export function ownerAddress(addresses: Addresses): string {
  if (addresses.adminUrl !== undefined) return addresses.adminUrl
  throw new Refusal('no_owner_address', "TENANTRY_ADMIN_URL is not set: this needs the owner's address.")
}
