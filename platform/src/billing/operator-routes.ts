import { z } from 'zod'
import { expectedVersion } from '../http/etag.ts'
import { type Route, route } from '../http/route.ts'
import { HeldPlan, PlanOrder } from '../plans/schemas.ts'
import { TenantPath } from '../tenants/schemas.ts'
import type { Outcome } from './invoice-queries.ts'
import { pdfOf } from './routes.ts'
import { AddOnCharge, AddOnPath, Invoice, Invoices, invoiceQuery, PaymentNote, PlanChoice, Subscription } from './schemas.ts'

const shared = { tags: ['Billing'], permission: 'operator', entersTenant: true } as const
const Path = z.strictObject({ tenantId: z.uuid(), id: z.uuid() })

const readTenantSubscription = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/subscription',
  operation: 'readTenantSubscription',
  summary: 'Read the subscription of a tenant',
  etag: 'answered',
  params: TenantPath,
  responses: { 200: Subscription },
  handle: ({ scope, services }) => services.billing.read(scope),
})

const changeTenantSubscription = route({
  ...shared,
  method: 'PATCH',
  path: '/v1/tenants/{tenantId}/subscription',
  operation: 'changeTenantSubscription',
  summary: 'Choose a plan for a tenant',
  etag: 'answered',
  params: TenantPath,
  body: PlanChoice,
  responses: { 200: Subscription },
  problems: ['conflict'],
  handle: ({ scope, body, request, services }) => services.billing.change(scope, body, expectedVersion(request)),
})

const assignPlan = route({
  ...shared,
  tags: ['Plans'],
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/plan',
  operation: 'assignPlan',
  summary: 'Move a tenant to a plan, and its bill with it',
  description:
    'Acts now, whatever the plan costs: limits follow at once, and where the tenant has a subscription the rest of the period is charged at ' +
    'the new price, less the rest at the old. What it has used stays used; overrides and add-ons stay. What may wait for the end of the ' +
    'period, as when the tenant chooses by itself, is `changeTenantSubscription`.',
  params: TenantPath,
  body: PlanOrder,
  responses: { 200: HeldPlan },
  problems: ['conflict'],
  handle: ({ scope, body, services }) => services.billing.move(scope, body),
})

const buyTenantAddOn = route({
  ...shared,
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/subscription/add-ons/{addOn}',
  operation: 'buyTenantAddOn',
  summary: 'Buy an add-on for a tenant',
  params: z.strictObject({ ...TenantPath.shape, ...AddOnPath.shape }),
  body: AddOnCharge,
  responses: { 200: Subscription },
  problems: ['conflict'],
  handle: ({ scope, params: { addOn }, body, services }) => services.billing.buyAddOn(scope, { addOn, ...body }),
})

const listTenantInvoices = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/invoices',
  operation: 'listTenantInvoices',
  summary: 'List the invoices of a tenant, the newest first',
  params: TenantPath,
  query: invoiceQuery,
  responses: { 200: Invoices },
  handle: async ({ scope, query, services }) => ({ items: await services.billing.invoices(scope, query) }),
})

const readTenantInvoiceDocument = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/invoices/{id}/pdf',
  operation: 'readTenantInvoiceDocument',
  summary: 'Read an invoice of a tenant as a PDF',
  params: Path,
  responses: { 200: 'application/pdf' },
  problems: ['conflict'],
  handle: async ({ scope, params, services }) => pdfOf(await services.billing.document(scope, params.id)),
})

/** What became of a payment differs by name alone. */
function settleRoute(name: string, state: Outcome['state'], summary: string, description: string): Route {
  return route({
    ...shared,
    method: 'POST',
    path: `/v1/tenants/{tenantId}/invoices/{id}/${name}`,
    operation: `markInvoice${state[0]?.toUpperCase()}${state.slice(1)}`,
    summary,
    description,
    idempotency: 'required',
    params: Path,
    body: PaymentNote,
    responses: { 200: Invoice },
    problems: ['conflict'],
    handle: ({ scope, params, body, services }) =>
      services.billing.settle(scope, params.id, { state, reference: body.reference ?? null }),
  })
}

export const operatorBillingRoutes: readonly Route[] = [
  readTenantSubscription,
  changeTenantSubscription,
  assignPlan,
  buyTenantAddOn,
  listTenantInvoices,
  readTenantInvoiceDocument,
  settleRoute('paid', 'paid', 'Mark an invoice as paid', 'A subscription that was paused for it goes on at once.'),
  settleRoute('failed', 'failed', 'Mark the payment of an invoice as failed', 'The subscription is past due from now on.'),
  settleRoute('void', 'void', 'Waive an invoice', 'It stays as it is, and nobody owes it any more.'),
]
