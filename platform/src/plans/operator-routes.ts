import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { AddOnContent, PlanContent, PlanKey } from './content-schemas.ts'
import {
  AddOnOrder,
  AddOnVersion,
  Entitlements,
  HeldAddOn,
  NewOverride,
  Override,
  OverridePath,
  PlanPreview,
  PlanVersion,
  PlanVersions,
} from './schemas.ts'

const tags = ['Plans'] as const
const ofSystem = { tags, permission: 'operator' } as const
const ofTenant = { tags, permission: 'operator', entersTenant: true } as const
const SystemPath = z.strictObject({ system: z.string().max(64) })
const OfferPath = z.strictObject({ system: z.string().max(64), key: PlanKey })
const TenantPath = z.strictObject({ tenantId: z.uuid() })
const KeyPath = z.strictObject({ tenantId: z.uuid(), key: PlanKey })

const listSystems = route({
  ...ofSystem,
  method: 'GET',
  path: '/v1/systems',
  operation: 'listSystems',
  summary: 'List the systems that are installed here',
  responses: {
    200: z.object({ items: z.array(z.object({ name: z.string(), title: z.string() })) }).meta({ id: 'Systems' }),
  },
  handle: ({ services }) => ({ items: [...services.plans.systems()] }),
})

const listPlanVersions = route({
  ...ofSystem,
  method: 'GET',
  path: '/v1/systems/{system}/plans',
  operation: 'listPlanVersions',
  summary: 'List every version of the plans and add-ons of a system, the newest first',
  params: SystemPath,
  responses: { 200: PlanVersions },
  handle: async ({ params, services }) => {
    const versions = await services.plans.versions(params.system)
    return { plans: versions.filter(({ kind }) => kind === 'plan'), addOns: versions.filter(({ kind }) => kind === 'add_on') }
  },
})

const publishPlan = route({
  ...ofSystem,
  method: 'POST',
  path: '/v1/systems/{system}/plans/{key}',
  operation: 'publishPlan',
  summary: 'Publish the next version of a plan, or a new plan',
  description: 'A version never changes. Tenants keep the one they have until they are moved.',
  idempotency: 'required',
  params: OfferPath,
  body: PlanContent,
  responses: { 201: PlanVersion },
  problems: ['conflict'],
  handle: async ({ params, body, principal, services }) =>
    reply(201, await services.plans.publishPlan(params.system, params.key, body, principal.id)),
})

const publishAddOn = route({
  ...ofSystem,
  method: 'POST',
  path: '/v1/systems/{system}/add-ons/{key}',
  operation: 'publishAddOn',
  summary: 'Publish the next version of an add-on, or a new add-on',
  idempotency: 'required',
  params: OfferPath,
  body: AddOnContent,
  responses: { 201: AddOnVersion },
  problems: ['conflict'],
  handle: async ({ params, body, principal, services }) =>
    reply(201, await services.plans.publishAddOn(params.system, params.key, body, principal.id)),
})

const previewTenantPlan = route({
  ...ofTenant,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/plans/{key}/preview',
  operation: 'previewTenantPlan',
  summary: 'See what another plan would change for a tenant',
  params: KeyPath,
  responses: { 200: PlanPreview },
  handle: ({ scope, params, services }) => services.plans.preview(scope, params.key),
})

const readTenantEntitlements = route({
  ...ofTenant,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/entitlements',
  operation: 'readTenantEntitlements',
  summary: 'Read the plan of a tenant, and what comes of it at this moment',
  params: TenantPath,
  responses: { 200: Entitlements },
  handle: ({ scope, services }) => services.plans.entitlements(scope),
})

const listOverrides = route({
  ...ofTenant,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/overrides',
  operation: 'listOverrides',
  summary: 'List what is agreed with a tenant beside its plan',
  params: TenantPath,
  responses: { 200: z.object({ items: z.array(Override) }).meta({ id: 'Overrides' }) },
  handle: async ({ scope, services }) => ({ items: await services.plans.overrides(scope) }),
})

const putOverride = route({
  ...ofTenant,
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/overrides/{kind}/{name}',
  operation: 'putOverride',
  summary: 'Agree a feature, limit or value with one tenant, for a time or for good',
  description: 'Stronger than plan and add-ons until it expires, to the moment.',
  params: OverridePath,
  body: NewOverride,
  responses: { 200: Override },
  handle: ({ scope, params: { kind, name }, body: { value, reason, expiresAt = null }, services }) =>
    services.plans.override(scope, { kind, name, value, reason, expiresAt }),
})

const deleteOverride = route({
  ...ofTenant,
  method: 'DELETE',
  path: '/v1/tenants/{tenantId}/overrides/{kind}/{name}',
  operation: 'deleteOverride',
  summary: 'End what was agreed with a tenant beside its plan',
  params: OverridePath,
  responses: { 204: null },
  handle: ({ scope, params, services }) => services.plans.dropOverride(scope, params.kind, params.name),
})

const giveAddOn = route({
  ...ofTenant,
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/add-ons/{key}',
  operation: 'giveAddOn',
  summary: 'Give a tenant an add-on, or say until when it keeps the one it has',
  params: KeyPath,
  body: AddOnOrder,
  responses: { 200: HeldAddOn },
  handle: ({ scope, params, body, services }) => services.plans.giveAddOn(scope, { key: params.key, until: body.until }),
})

const endAddOn = route({
  ...ofTenant,
  method: 'DELETE',
  path: '/v1/tenants/{tenantId}/add-ons/{key}',
  operation: 'endAddOn',
  summary: 'Take an add-on from a tenant at once',
  params: KeyPath,
  responses: { 204: null },
  handle: ({ scope, params, services }) => services.plans.endAddOn(scope, params.key),
})

export const operatorPlanRoutes: readonly Route[] = [
  listSystems,
  listPlanVersions,
  publishPlan,
  publishAddOn,
  previewTenantPlan,
  readTenantEntitlements,
  listOverrides,
  putOverride,
  deleteOverride,
  giveAddOn,
  endAddOn,
]
