import { queryOptions } from '@tanstack/react-query'
import type { components, paths } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Webhook = components['schemas']['Webhook']
export type WebhookWithSecret = components['schemas']['WebhookWithSecret']
export type Delivery = components['schemas']['WebhookDelivery']
export type DeliveryState = Delivery['state']
export type WebhookChanges = paths['/v1/webhooks/{id}']['patch']['requestBody']['content']['application/json']

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const satisfies readonly DeliveryState[]

/** Deliveries come and go by themselves; this often the page looks, in milliseconds. */
export const look = 5_000

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: async () => (await api.GET('/v1/webhooks/{id}', { params: { path: { id } } })).data,
    refetchInterval: look,
  })

/** @throws TenantryProblem `precondition_failed` where somebody else has changed it since */
export async function changeWebhook({ id, version }: Webhook, body: WebhookChanges): Promise<Webhook> {
  return (await api.PATCH('/v1/webhooks/{id}', { params: { path: { id }, header: { 'If-Match': `"v${version}"` } }, body })).data
}
