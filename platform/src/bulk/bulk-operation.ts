import { z } from 'zod'
import { tenantStatuses } from '../directory/entries.ts'
import { TenantFilter } from '../tenants/schemas.ts'
import { BulkAction } from './bulk-action.ts'

const Time = z.string().meta({ format: 'date-time' })

/** Tenants that one operation may be about. */
export const mostTenants = 20_000
/** The same, named one by one. */
const mostNamed = 1_000

const Selection = z
  .union([
    z.strictObject({ tenants: z.array(z.uuid()).min(1).max(mostNamed).describe('Named one by one') }),
    z.strictObject({ filter: TenantFilter.describe('All that the list of tenants shows by this filter now') }),
  ])
  .meta({ id: 'TenantSelection' })
export type Selection = z.output<typeof Selection>

export const NewBulkOperation = z.strictObject({
  action: BulkAction,
  selection: Selection,
  reason: z.string().min(3).max(500).describe("In each tenant's own audit"),
  expected: z
    .int()
    .min(1)
    .max(mostTenants)
    .optional()
    .describe('How many tenants are meant: with another number nothing is begun'),
})
export type NewBulkOperation = z.output<typeof NewBulkOperation>

export const bulkStates = ['running', 'done', 'cancelled'] as const
/** `waiting`: its turn has not come. `cancelled`: nor will it. `gone`: the tenant was erased meanwhile. */
export const resultStates = ['waiting', 'done', 'refused', 'failed', 'cancelled', 'gone'] as const
export type ResultState = (typeof resultStates)[number]

const Counts = z.object({
  waiting: z.int(),
  done: z.int(),
  refused: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  gone: z.int(),
})

export const BulkOperation = z
  .object({
    id: z.uuid(),
    action: BulkAction,
    reason: z.string(),
    operator: z.object({ id: z.uuid(), name: z.string() }),
    selection: z
      .object({ named: z.int().optional(), filter: TenantFilter.optional() })
      .describe('How many were named, or by which filter they were found'),
    state: z.enum(bulkStates),
    tenants: z.int(),
    counts: Counts,
    createdAt: Time,
    cancelledAt: Time.nullable(),
    finishedAt: Time.nullable().describe('When the last tenant was done with'),
  })
  .meta({ id: 'BulkOperation' })
export type BulkOperation = z.output<typeof BulkOperation>

export const BulkResult = z
  .object({
    tenantId: z.uuid(),
    slug: z.string().nullable(),
    name: z.string().nullable(),
    status: z.enum(tenantStatuses).nullable().describe('Of the tenant, now'),
    state: z.enum(resultStates),
    code: z.string().nullable().describe('Why it was refused or failed'),
    at: Time.nullable(),
  })
  .meta({ id: 'BulkResult' })
export type BulkResult = z.output<typeof BulkResult>
