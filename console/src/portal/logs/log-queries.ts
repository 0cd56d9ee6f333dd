import { queryOptions } from '@tanstack/react-query'
import type { components, paths } from '@tenantry/client'
import { api } from '../../api/api.ts'
import { fromLocalText } from '../../charts/zoned-time.ts'

/** Entries of the log of changes say more than those of the log of reads. */
export type LogEntry = components['schemas']['AccessEntry'] & Partial<components['schemas']['AuditEntry']>
export type Checkpoint = components['schemas']['AuditCheckpoint']
type Query = NonNullable<paths['/v1/audit']['get']['parameters']['query']>

export const logPaths = { changes: '/v1/audit', reads: '/v1/access-log' } as const
export type LogName = keyof typeof logPaths

/** What of a log stands in the address. Times are as an input has them, of the visitor's zone. */
export type LogSearch = 'tab' | 'action' | 'objectId' | 'actorId' | 'from' | 'to'

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const actionForm = /^[a-z][a-z0-9_.-]{0,118}(\.\*)?$/i

/** An address is typed by people: what no filter is, filters nothing. */
export function logFilter({ action, objectId, actorId, from, to }: Partial<Record<LogSearch, string>>): Query {
  const moment = (text: string | undefined) => (text ? fromLocalText(text, ownZone) : undefined)
  const [start, end] = [moment(from), moment(to)]
  return {
    ...(action && actionForm.test(action) && { action }),
    ...(objectId && id.test(objectId) && { objectId }),
    ...(actorId && id.test(actorId) && { actorId }),
    ...(start !== undefined && { from: new Date(start).toISOString() }),
    ...(end !== undefined && { to: new Date(end).toISOString() }),
  }
}

export async function readLog(log: LogName, query: Query): Promise<{ items: LogEntry[]; nextCursor: string | null }> {
  return (await api.GET(logPaths[log], { params: { query } })).data
}

/** All entries that match. */
export async function logCsv(log: LogName, query: Query = {}): Promise<Blob> {
  const { data } = await api.GET(logPaths[log], { params: { query }, headers: { accept: 'text/csv' }, parseAs: 'blob' })
  return data as unknown as Blob
}

/** The whole log of changes with its seals. */
export async function auditProof(): Promise<Blob> {
  return (await api.GET('/v1/audit/export', { parseAs: 'blob' })).data as unknown as Blob
}

export const checkpointsQuery = queryOptions({
  queryKey: ['checkpoints'],
  queryFn: async () => (await api.GET('/v1/audit/checkpoints', { params: { query: { limit: 50 } } })).data.items,
})

export async function publicKeys(): Promise<Blob> {
  return (await api.GET('/.well-known/audit-keys.json', { parseAs: 'blob' })).data as unknown as Blob
}
