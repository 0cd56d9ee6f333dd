import { z } from 'zod'
import { Brand, BrandWords } from '../branding/brand-schema.ts'
import { tenantStatuses } from '../directory/entries.ts'
import { pageQuery } from '../http/page.ts'
import { healthStates } from '../tenant-health/health.ts'

export const TenantPath = z.strictObject({ tenantId: z.uuid() })

const Name = z.string().min(1).max(200)
const Email = z.email().max(254)
const Phone = z.string().regex(/^\+?[0-9 ()-]{3,30}$/, 'Digits, spaces, hyphens and brackets, perhaps a leading plus.')
const TimeZone = z.string().max(64).refine(isTimeZone, 'Must be an IANA time zone, such as Europe/Berlin.')
const Locale = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a BCP 47 tag, such as en or de-AT.')
  .max(35)
const SubscriptionId = z.string().min(1).max(200)
/** Of another tenant: it is looked up, so its form does not matter. */
const Slug = z.string().min(1).max(100)
const Features = z.array(z.string().regex(/^[a-z0-9_.]{1,64}$/)).max(100)

const ownChanges = {
  name: Name.optional(),
  timeZone: TimeZone.optional(),
  locale: Locale.optional(),
  billingEmail: Email.nullable().optional(),
  phone: Phone.nullable().optional(),
  brand: BrandWords.optional().describe('Published at once, whole; pictures stay'),
}
export const TenantChanges = z.strictObject(ownChanges)
/** The slug's own form is judged by `checkSlug`, which says what is wrong. */
export const OperatorTenantChanges = z.strictObject({
  ...ownChanges,
  slug: z.string().max(100).optional(),
  tier: z
    .string()
    .max(64)
    .optional()
    .describe('Its limits come with it, and so does the bill; what was agreed with the tenant stays'),
  subscriptionId: SubscriptionId.nullable().optional(),
  features: Features.optional(),
  parent: Slug.nullable().optional().describe('Slug of the tenant above it, whose brand it inherits; null for none'),
})

export const NewTenant = z.strictObject({
  slug: z.string().max(100),
  name: Name,
  system: z.string().max(64),
  tier: z.string().max(64).optional(),
  timeZone: TimeZone.optional(),
  locale: Locale.optional(),
  billingEmail: Email.optional(),
  phone: Phone.optional(),
  subscriptionId: SubscriptionId.optional(),
  brand: BrandWords.optional(),
  parent: Slug.optional().describe('Slug of the tenant above it, whose brand it inherits'),
})

const Time = z.string().meta({ format: 'date-time' })
const Suspension = z.enum(['read_only', 'blocked'])

/** What a tenant's own people see of it. */
const ownTenant = {
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  system: z.string(),
  tier: z.string(),
  status: z.enum(tenantStatuses),
  suspension: Suspension.nullable(),
  timeZone: z.string(),
  locale: z.string(),
  billingEmail: z.string().nullable(),
  phone: z.string().nullable(),
  subscriptionId: z.string().nullable().describe("In the billing provider's books"),
  brand: Brand,
  version: z.int(),
  createdAt: Time,
  updatedAt: Time,
}
export const OwnTenant = z.object(ownTenant).meta({ id: 'OwnTenant' })

/** What operators see. */
export const Tenant = z
  .object({
    ...ownTenant,
    statusReason: z.string().nullable(),
    statusChangedAt: Time,
    legalHold: z.boolean(),
    legalHoldReason: z.string().nullable(),
    eraseAfter: Time.nullable(),
    features: z.array(z.string()),
    parent: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }).nullable().describe('The tenant above it'),
  })
  .meta({ id: 'Tenant' })

export const TenantListing = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    system: z.string(),
    tier: z.string(),
    status: z.enum(tenantStatuses),
    suspension: Suspension.nullable(),
    health: z.enum(healthStates).nullable().describe('Of active tenants; null while nobody has looked'),
    createdAt: Time,
  })
  .meta({ id: 'TenantListing' })

export const Reason = z.strictObject({ reason: z.string().min(3).max(500) })
export const SuspensionOrder = z.strictObject({ reason: z.string().min(3).max(500), mode: Suspension.optional() })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // Offsets such as +02:00 are accepted above, and mean nothing across a change of the clock.
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}

const filter = {
  status: z.enum(tenantStatuses).optional(),
  tier: z.string().max(64).optional(),
  system: z.string().max(64).optional(),
  health: z.enum(healthStates).optional().describe('Active tenants that fare so'),
  search: z.string().min(1).max(40).optional().describe('Part of the slug or the name'),
  parent: Slug.optional().describe('Those directly below the tenant of this slug'),
}
/** Which tenants operators ask for. */
export const TenantFilter = z.strictObject(filter).meta({ id: 'TenantFilter' })
export const tenantQuery = z.strictObject({ ...pageQuery, ...filter })

export const tenantSorts = ['created', '-created', 'name', '-name', 'slug', '-slug', 'health', '-health'] as const
export type TenantSort = (typeof tenantSorts)[number]
export const TenantListQuery = z.strictObject({
  ...pageQuery,
  ...filter,
  sort: z.enum(tenantSorts).default('created').describe('With a hyphen the other way round; `-health` has the worst first'),
})
