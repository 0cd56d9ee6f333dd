import type { components, paths } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Key = components['schemas']['Key']
export type CreatedKey = components['schemas']['CreatedKey']
export type NewKey = paths['/v1/keys']['post']['requestBody']['content']['application/json']

export const byId = (id: string) => ({ path: { id } })

export type KeyState = 'live' | 'expired' | 'revoked'

export function stateOf({ revokedAt, expiresAt }: Key, now = Date.now()): KeyState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'live'
}

export const listKeys = async (cursor: { cursor?: string }) => (await api.GET('/v1/keys', { params: { query: cursor } })).data
