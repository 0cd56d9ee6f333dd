import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { type RequestInfo, type Route, reply, route } from '../http/route.ts'
import type { Statement } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { AccessEntry, AuditEntry } from './audit-entry.ts'
import { accessEntries, auditEntries, type LogFilter, type LogPosition } from './audit-queries.ts'
import { csvAnswer, logCsv, wantsCsv } from './log-csv.ts'

const LogQuery = z.strictObject({
  ...pageQuery,
  action: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,118}(\.\*)?$/i, 'Must be an action, such as bms.buildings.created, or a prefix such as bms.*.')
    .optional(),
  objectId: z.uuid().optional(),
  actorId: z.uuid().optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('First moment'),
  to: z.iso.datetime({ offset: true }).optional().describe('Moment after the last'),
})

const shared = {
  method: 'GET',
  tags: ['Audit'],
  permission: 'audit:read',
  whileSuspended: true,
  query: LogQuery,
  problems: ['invalid_cursor', 'forbidden'],
} as const
const auditColumns = Object.keys(AuditEntry.shape) as (keyof AuditEntry)[]
const accessColumns = Object.keys(AccessEntry.shape) as (keyof AccessEntry)[]

const description = 'The newest first. With `Accept: text/csv` all entries that match, as one stream.'

const listAuditEntries = route({
  ...shared,
  path: '/v1/audit',
  operation: 'listAuditEntries',
  summary: 'List who changed what',
  description,
  responses: { 200: pageOf(AuditEntry).meta({ id: 'AuditPage' }) },
  handle: (context) => answer(context, auditEntries, auditColumns),
})

const listAccessEntries = route({
  ...shared,
  path: '/v1/access-log',
  operation: 'listAccessEntries',
  summary: 'List who read what, of the reads that are logged',
  description,
  responses: { 200: pageOf(AccessEntry).meta({ id: 'AccessPage' }) },
  handle: (context) => answer(context, accessEntries, accessColumns),
})

const inTenant = {
  method: 'GET',
  tags: ['Audit'],
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid() }),
  query: LogQuery,
  problems: ['invalid_cursor'],
} as const

const listTenantAuditEntries = route({
  ...inTenant,
  path: '/v1/tenants/{tenantId}/audit',
  operation: 'listTenantAuditEntries',
  summary: 'List who changed what in a tenant',
  description,
  responses: { 200: pageOf(AuditEntry).meta({ id: 'AuditPage' }) },
  handle: (context) => listed(context, auditEntries, auditColumns),
})

const listTenantAccessEntries = route({
  ...inTenant,
  path: '/v1/tenants/{tenantId}/access-log',
  operation: 'listTenantAccessEntries',
  summary: 'List who read what in a tenant, of the reads that are logged',
  description,
  responses: { 200: pageOf(AccessEntry).meta({ id: 'AccessPage' }) },
  handle: (context) => listed(context, accessEntries, accessColumns),
})

export const auditRoutes: readonly Route[] = [listAuditEntries, listAccessEntries]
export const operatorLogRoutes: readonly Route[] = [listTenantAuditEntries, listTenantAccessEntries]

interface Asked {
  readonly scope: TenantScope
  readonly request: RequestInfo
  readonly query: z.output<typeof LogQuery>
}

type Select<Row> = (scope: TenantScope, filter: LogFilter, after?: LogPosition, limit?: number) => Statement<Row>

async function answer<Row extends AccessEntry>(
  asked: Asked & { readonly principal: TenantPrincipal },
  select: Select<Row>,
  columns: readonly (keyof Row & string)[],
) {
  // Entries hold what stood in objects that a limited caller may not see.
  if (asked.principal.reach !== 'all')
    throw problems.forbidden('The logs are about the whole tenant.', { permission: 'reach:all' })
  return listed(asked, select, columns)
}

async function listed<Row extends AccessEntry>(asked: Asked, select: Select<Row>, columns: readonly (keyof Row & string)[]) {
  const { scope, request, query } = asked
  const { limit, cursor, ...filter } = query
  if (wantsCsv(request)) {
    return reply(200, logCsv(scope.stream(select(scope, filter)) as AsyncIterable<Row>, columns), csvAnswer)
  }
  const after = readCursor(cursor, filter, timePosition)
  const place = after && { at: after.values[0], id: after.id }
  const rows = (await scope.run(select(scope, filter, place, limit + 1))) as Row[]
  return makePage(rows, limit, filter, ({ at, id }) => ({ values: [at], id }))
}
