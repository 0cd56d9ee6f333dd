import { identityUrlOf } from '../database/role-names.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import type { IsolationLogger } from '../isolation/logger.ts'

export interface IdentityLanesOptions {
  readonly databaseUrl: string
  readonly identityUrl?: string | undefined
  /** False behind a pooler that does not keep prepared statements. */
  readonly prepared: boolean
  readonly logger?: IsolationLogger
}

/**
 * The identity role's connections, opened when somebody signs in. Few: almost everybody is of one realm, so a realm gets all that
 * there is, and a sign-in spends its time on the password.
 */
export function identityLanes({ databaseUrl, identityUrl, ...options }: IdentityLanesOptions): Isolation {
  return createIsolation({
    ...options,
    url: identityUrlOf(databaseUrl, identityUrl),
    lanes: {
      read: { clients: 2, perTenant: 32 },
      write: { clients: 2, perTenant: 8 },
      slow: { clients: 1 },
      interactive: { clients: 2, perTenant: 2 },
    },
  })
}
