import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { pageQuery } from '../http/page.ts'
import { queryInteger } from '../http/query-values.ts'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { checkpointsBefore } from './sealing/segment-queries.ts'

const Checkpoint = z
  .object({
    number: z.int().describe('Of the segment; each stands for all before it'),
    total: z.int().describe('Entries sealed up to here'),
    sealedAt: z.string().meta({ format: 'date-time' }),
    statement: z.string().describe('What is signed, byte for byte'),
    signature: z.string().describe('Ed25519 over the UTF-8 bytes of the statement, in base64'),
  })
  .meta({ id: 'AuditCheckpoint' })

const tags = ['Audit'] as const

const listAuditCheckpoints = route({
  method: 'GET',
  path: '/v1/audit/checkpoints',
  operation: 'listAuditCheckpoints',
  summary: "List the seals of the tenant's audit, the newest first",
  description: 'Keep them where we cannot reach them: with one of them, what was sealed until then can be verified.',
  tags,
  permission: 'audit:read',
  whileSuspended: true,
  query: z.strictObject({
    limit: pageQuery.limit,
    before: queryInteger(1, Number.MAX_SAFE_INTEGER).optional().describe('Only those before this `number`'),
  }),
  responses: { 200: z.object({ items: z.array(Checkpoint) }).meta({ id: 'AuditCheckpoints' }) },
  problems: ['forbidden'],
  handle: async ({ scope, principal, query: { limit, before } }) => {
    requireWholeReach(principal)
    return { items: await checkpointsBefore(scope, before, limit) }
  },
})

const exportAuditProof = route({
  method: 'GET',
  path: '/v1/audit/export',
  operation: 'exportAuditProof',
  summary: "Export the tenant's whole audit with its seals, to be verified elsewhere",
  description: 'Lines of JSON; their form is in docs/guides/audit-verification.md. Filters and CSV are at `/v1/audit`.',
  tags,
  permission: 'audit:read',
  whileSuspended: true,
  responses: { 200: 'application/x-ndjson' },
  problems: ['forbidden', 'not_configured'],
  handle: async ({ scope, principal, services }) => {
    requireWholeReach(principal)
    return reply(200, await services.auditProof.export(scope), { contentType: 'application/x-ndjson' })
  },
})

const readAuditKeys = route({
  method: 'GET',
  path: '/.well-known/audit-keys.json',
  operation: 'readAuditKeys',
  summary: 'Read the public keys that verify seals of audits',
  tags,
  permission: 'public',
  addressRate: 'published',
  responses: {
    200: z
      .object({
        installation: z.uuid(),
        keys: z.array(
          z.object({
            id: z.string(),
            algorithm: z.literal('Ed25519'),
            publicKey: z.string().describe('32 bytes in base64'),
            createdAt: z.string().meta({ format: 'date-time' }),
          }),
        ),
      })
      .meta({ id: 'AuditKeys' }),
  },
  handle: ({ services }) => services.auditProof.publishedKeys(),
})

export const auditProofRoutes: readonly Route[] = [listAuditCheckpoints, exportAuditProof, readAuditKeys]

function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('The logs are about the whole tenant.', { permission: 'reach:all' })
}
