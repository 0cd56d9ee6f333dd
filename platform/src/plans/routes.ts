import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { PlanKey } from './content-schemas.ts'
import { Entitlements, Explanation, NamePath, OfferedPlans, PlanPreview } from './schemas.ts'

const shared = { method: 'GET', tags: ['Plans'], permission: 'tenant:read', whileSuspended: true } as const

const listPlans = route({
  ...shared,
  path: '/v1/plans',
  operation: 'listPlans',
  summary: 'List the plans and add-ons that can be had',
  responses: { 200: OfferedPlans },
  handle: ({ tenant, services }) => services.plans.offered(tenant.system),
})

const previewPlan = route({
  ...shared,
  path: '/v1/plans/{key}/preview',
  operation: 'previewPlan',
  summary: 'See what another plan would change',
  description: 'What would be over stays as it is: nothing is deleted, only more of it cannot be made.',
  params: z.strictObject({ key: PlanKey }),
  responses: { 200: PlanPreview },
  handle: ({ scope, params, services }) => services.plans.preview(scope, params.key),
})

const readEntitlements = route({
  ...shared,
  path: '/v1/entitlements',
  operation: 'readEntitlements',
  summary: 'Read the plan, and what comes of it at this moment',
  responses: { 200: Entitlements },
  handle: ({ scope, services }) => services.plans.entitlements(scope),
})

const explainEntitlement = route({
  ...shared,
  path: '/v1/entitlements/{name}',
  operation: 'explainEntitlement',
  summary: 'Ask which rule decides about a feature, a limit or a value',
  params: NamePath,
  responses: { 200: Explanation },
  handle: ({ scope, params, services }) => services.plans.explain(scope, params.name),
})

export const planRoutes: readonly Route[] = [listPlans, previewPlan, readEntitlements, explainEntitlement]
