import { createHmac } from 'node:crypto'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { openWith, sealWith } from './data-cipher.ts'
import { dataKey, findDataKey, rewrapDataKey } from './data-keys.ts'
import { type Place, type SecretBox, SecretUnreadable } from './secret-box.ts'

/** Where a tenant's secret is stored. It opens in no other row, column, table or tenant. */
export interface SecretPlace {
  /** `bms.connectors` */
  readonly table: string
  readonly column: string
  /** Id of the row. */
  readonly row: string
}

export interface SealedSecret {
  /** For a column of type bytea; name the column in `redact` of its table's enrolment. */
  readonly sealed: Buffer
  /** Eight characters by which people tell whether it is the one they mean. Says nothing to who has not the tenant's key. */
  readonly fingerprint: string
}

/**
 * Secrets of tenants that have to be read again: passwords of controllers, keys of webhooks. Each tenant's are sealed with a key
 * of its own, which is sealed with the master key. No secret goes out again: answers hold when and by whom it was set, and
 * its fingerprint.
 */
export interface SecretService {
  /** Seals for the installation, with the master key: what belongs to no tenant, or is gone soon. */
  readonly box: SecretBox
  /**
   * @throws not_configured without a master key
   * @example
   * const { sealed, fingerprint } = await services.secrets.sealForTenant(scope, { table: 'bms.connectors', column: 'secret', row: id }, secret)
   */
  sealForTenant(scope: TenantScope, place: SecretPlace, secret: string | Uint8Array): Promise<SealedSecret>
  /** @throws SecretUnreadable for another place, a changed text, or after the tenant's key was shredded */
  openForTenant(scope: TenantScope, place: SecretPlace, sealed: Uint8Array): Promise<Buffer>
  /** Destroys the tenant's key: no secret of it can be opened any more, wherever it still lies. A backup must not hold the key, too. */
  shred(scope: TenantScope): Promise<void>
  /** Seals the tenant's key with the newest master key. Answers whether there was anything to do. */
  rewrap(scope: TenantScope): Promise<boolean>
}

declare module '../http/route.ts' {
  interface Services {
    readonly secrets: SecretService
  }
}

export function createSecretService({ secrets: box }: { readonly secrets: SecretBox }): SecretService {
  return {
    box,

    async sealForTenant(scope, place, secret) {
      const key = await dataKey(scope, box)
      const bytes = Buffer.from(secret)
      return { sealed: sealWith(key, placeOf(scope, place), bytes), fingerprint: fingerprintOf(key, bytes) }
    },

    async openForTenant(scope, place, sealed) {
      const key = await findDataKey(scope, box)
      if (key === undefined) throw new SecretUnreadable("The tenant's key is gone, and with it all that it sealed.")
      return openWith(key, placeOf(scope, place), sealed)
    },

    async shred(scope) {
      await scope.run(sql`delete from tenantry.data_keys where single`)
    },

    rewrap: (scope) => rewrapDataKey(scope, box),
  }
}

function placeOf({ context }: TenantScope, { table, column, row }: SecretPlace): Place {
  return [context.tenantId, table, column, row]
}

function fingerprintOf(key: Uint8Array, secret: Uint8Array): string {
  return createHmac('sha256', key).update('fingerprint').update(secret).digest('hex').slice(0, 8)
}
