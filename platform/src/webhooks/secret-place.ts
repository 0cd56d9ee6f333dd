import { randomBytes } from 'node:crypto'
import type { SecretPlace } from '../secrets/secrets.ts'

/** Of the current secret and of the one before, which moves from column to column as it is. */
export function secretPlace(endpointId: string): SecretPlace {
  return { table: 'tenantry.webhook_endpoints', column: 'secret', row: endpointId }
}

/** As Standard Webhooks writes it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
