import type { TenantPrincipal } from '../access/principal.ts'
import { expectedVersion } from '../http/etag.ts'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import type { ChangePreview as Planned } from './change-plan.ts'
import {
  AddOnCharge,
  AddOnPath,
  Cancellation,
  ChangePreview,
  InvoicePath,
  Invoices,
  InvoiceWithLines,
  invoiceQuery,
  PlanChoice,
  Subscription,
} from './schemas.ts'

const tags = ['Billing'] as const
// Also while the tenant may only read: whoever pays or chooses a plan again is let in again.
const reads = { tags, permission: 'billing:read', whileSuspended: true } as const
const writes = { tags, permission: 'billing:write', role: 'admin', whileSuspended: true } as const

const readSubscription = route({
  ...reads,
  method: 'GET',
  path: '/v1/subscription',
  operation: 'readSubscription',
  summary: 'Read the subscription',
  etag: 'answered',
  responses: { 200: Subscription },
  problems: ['forbidden'],
  handle: ({ scope, principal, services }) => {
    requireWholeReach(principal)
    return services.billing.read(scope)
  },
})

const previewSubscription = route({
  ...writes,
  method: 'POST',
  path: '/v1/subscription/preview',
  operation: 'previewSubscription',
  summary: 'See what another plan would cost and change',
  description: 'Changes nothing.',
  body: PlanChoice,
  responses: { 200: ChangePreview },
  problems: ['conflict', 'forbidden'],
  handle: async ({ scope, principal, body, services }) => {
    requireWholeReach(principal)
    return shownPreview(await services.billing.preview(scope, body))
  },
})

const changeSubscription = route({
  ...writes,
  method: 'PATCH',
  path: '/v1/subscription',
  operation: 'changeSubscription',
  summary: 'Choose a plan',
  description: 'What is dearer acts now, and the rest of the period is charged to the second; the rest waits for its end.',
  // A choice says all that it wants, so nobody has to read first; who did is told when somebody else was faster.
  etag: 'answered',
  body: PlanChoice,
  responses: { 200: Subscription },
  problems: ['conflict', 'forbidden'],
  handle: ({ scope, principal, body, request, services }) => {
    requireWholeReach(principal)
    return services.billing.change(scope, body, expectedVersion(request))
  },
})

const cancelSubscription = route({
  ...writes,
  method: 'POST',
  path: '/v1/subscription/cancel',
  operation: 'cancelSubscription',
  summary: 'Cancel the subscription, now or at the end of the period',
  description: 'The tenant is read-only from then on; its data is kept for 60 days.',
  body: Cancellation,
  responses: { 200: Subscription },
  problems: ['conflict', 'forbidden'],
  handle: ({ scope, principal, body, services }) => {
    requireWholeReach(principal)
    return services.billing.cancel(scope, body.at)
  },
})

const resumeSubscription = route({
  ...writes,
  method: 'POST',
  path: '/v1/subscription/resume',
  operation: 'resumeSubscription',
  summary: 'Take back a cancellation that has not acted yet',
  responses: { 200: Subscription },
  problems: ['conflict', 'forbidden'],
  handle: ({ scope, principal, services }) => {
    requireWholeReach(principal)
    return services.billing.resume(scope)
  },
})

const buyAddOn = route({
  ...writes,
  method: 'PUT',
  path: '/v1/subscription/add-ons/{addOn}',
  operation: 'buyAddOn',
  summary: 'Buy an add-on, by the period or once',
  description: 'It is there at once, and an invoice for it is sealed. Whoever has it keeps it; a cancellation is taken back.',
  params: AddOnPath,
  body: AddOnCharge,
  responses: { 200: Subscription },
  problems: ['conflict', 'forbidden'],
  handle: ({ scope, principal, params, body, services }) => {
    requireWholeReach(principal)
    return services.billing.buyAddOn(scope, { ...params, ...body })
  },
})

const endAddOn = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/subscription/add-ons/{addOn}',
  operation: 'cancelAddOn',
  summary: 'Cancel an add-on to the end of the period',
  params: AddOnPath,
  responses: { 200: Subscription },
  problems: ['forbidden'],
  handle: ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    return services.billing.endAddOn(scope, params.addOn)
  },
})

const listInvoices = route({
  ...reads,
  method: 'GET',
  path: '/v1/invoices',
  operation: 'listInvoices',
  summary: 'List invoices, the newest first',
  query: invoiceQuery,
  responses: { 200: Invoices },
  problems: ['forbidden'],
  handle: async ({ scope, principal, query, services }) => {
    requireWholeReach(principal)
    return { items: await services.billing.invoices(scope, query) }
  },
})

const readInvoice = route({
  ...reads,
  method: 'GET',
  path: '/v1/invoices/{id}',
  operation: 'readInvoice',
  summary: 'Read an invoice with its lines',
  params: InvoicePath,
  responses: { 200: InvoiceWithLines },
  problems: ['forbidden'],
  handle: ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    return services.billing.invoice(scope, params.id)
  },
})

const readInvoiceDocument = route({
  ...reads,
  method: 'GET',
  path: '/v1/invoices/{id}/pdf',
  operation: 'readInvoiceDocument',
  summary: 'Read an invoice as a PDF',
  description: 'Of a sealed one, always the same bytes.',
  params: InvoicePath,
  responses: { 200: 'application/pdf' },
  problems: ['conflict', 'forbidden'],
  handle: async ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    return pdfOf(await services.billing.document(scope, params.id))
  },
})

export const billingRoutes: readonly Route[] = [
  readSubscription,
  previewSubscription,
  changeSubscription,
  cancelSubscription,
  resumeSubscription,
  buyAddOn,
  endAddOn,
  listInvoices,
  readInvoice,
  readInvoiceDocument,
]

export function pdfOf({ number, pdf }: { readonly number: string; readonly pdf: Buffer }) {
  async function* bytes() {
    yield pdf
  }
  const headers = { 'content-disposition': `attachment; filename="${number}.pdf"` }
  return reply(200, bytes(), { contentType: 'application/pdf', headers })
}

function shownPreview({ entitlements: { limits, lost, gained }, ...planned }: Planned) {
  const over = limits.flatMap(({ name, used, after, over }) =>
    over > 0 && used !== null && after !== null ? [{ name, used, max: after, over }] : [],
  )
  return { ...planned, over, lost, gained }
}

/** Bills are about the whole tenant. */
function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('Bills are about the whole tenant.', { permission: 'reach:all' })
}
