import { z } from 'zod'
import { AddOnContent, EntitlementName, Max, PlanContent, PlanKey, Value } from './content-schemas.ts'

const Time = z.string().meta({ format: 'date-time' })
const Kind = z.enum(['feature', 'limit', 'value'])
const RuleName = z.enum(['plan', 'add_on', 'granted', 'override'])
const Version = z.int().min(1)

const offer = { key: PlanKey, version: Version }
export const OfferedPlans = z
  .object({
    plans: z.array(z.object({ ...offer, content: PlanContent })).describe('The first is what a new tenant gets'),
    addOns: z.array(z.object({ ...offer, content: AddOnContent })),
  })
  .meta({ id: 'OfferedPlans' })

const version = {
  system: z.string(),
  ...offer,
  publishedAt: Time,
  soldAt: Time.nullable().describe('When the first tenant got it'),
}
export const PlanVersion = z.object({ ...version, kind: z.literal('plan'), content: PlanContent }).meta({ id: 'PlanVersion' })
export const AddOnVersion = z
  .object({ ...version, kind: z.literal('add_on'), content: AddOnContent })
  .meta({ id: 'AddOnVersion' })
export const PlanVersions = z.object({ plans: z.array(PlanVersion), addOns: z.array(AddOnVersion) }).meta({ id: 'PlanVersions' })

export const HeldPlan = z.object({ plan: z.string(), version: Version }).meta({ id: 'HeldPlan' })
export const PlanOrder = z.strictObject({ plan: PlanKey, version: Version.optional().describe('Default: the newest') })

export const HeldAddOn = z.object({ key: z.string(), version: Version, until: Time.nullable() }).meta({ id: 'HeldAddOn' })
export const AddOnOrder = z.strictObject({
  until: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .describe('The tenant has it until then; null for as long as nobody ends it'),
})

const EntitledLimit = z.object({
  name: z.string(),
  max: Max,
  kind: z.enum(['counted', 'metered', 'gauge', 'rate', 'retention']),
  mode: z.enum(['hard', 'soft', 'overage']),
  period: z.enum(['month', 'day', 'hour', 'minute', 'second']).nullable(),
})

export const Entitlements = z
  .object({
    plan: z.object({ key: z.string(), version: Version, title: z.string() }),
    addOns: z.array(HeldAddOn),
    features: z.array(z.string()),
    limits: z.array(EntitledLimit),
    values: z.record(z.string(), Value),
  })
  .meta({ id: 'Entitlements' })

const GivenValue = Value.nullable().describe(
  'Of a feature true or false; of a limit its number, null for unlimited; else the value',
)
const Rule = z.object({
  rule: RuleName,
  source: z.string().nullable().describe('Plan or add-on that says it'),
  version: Version.nullable(),
  given: GivenValue,
  reason: z.string().nullable(),
  until: Time.nullable(),
})

export const Explanation = z
  .object({
    name: z.string(),
    kind: Kind,
    value: GivenValue,
    decidedBy: RuleName.nullable().describe('Null: no rule gives it'),
    rules: z.array(Rule).describe('From the strongest to the weakest'),
    inPlans: z.array(z.string()).describe('Plans that have it'),
    inAddOns: z.array(z.string()).describe('Add-ons that have it'),
  })
  .meta({ id: 'EntitlementExplanation' })

export const NamePath = z.strictObject({ name: EntitlementName })

export const PlanPreview = z
  .object({
    plan: z.string(),
    version: Version,
    gained: z.array(z.string()),
    lost: z.array(z.string()),
    limits: z.array(
      z.object({
        name: z.string(),
        before: Max,
        after: Max,
        used: z.int().nullable().describe('Of what is counted'),
        over: z.int().describe('So much of it would be too much: it stays, and nothing more can be made'),
      }),
    ),
    values: z.array(z.object({ name: z.string(), before: Value.nullable(), after: Value.nullable() })),
  })
  .meta({ id: 'PlanPreview' })

export const Override = z
  .object({ kind: Kind, name: z.string(), value: GivenValue, reason: z.string(), expiresAt: Time.nullable() })
  .meta({ id: 'Override' })

export const NewOverride = z.strictObject({
  value: GivenValue,
  reason: z.string().min(3).max(500).describe('The tenant reads it too'),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional().describe('Null for as long as nobody takes it away'),
})
export const OverridePath = z.strictObject({ tenantId: z.uuid(), kind: Kind, name: EntitlementName })
