import { v7 as uuid7 } from 'uuid'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { OutboundService } from '../outbound/outbound.ts'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretService } from '../secrets/secrets.ts'
import { addTestDelivery, countSpan, replayOne, replaySpan } from './delivery-queries.ts'
import {
  deleteEndpoint,
  findEndpoint,
  forgetFailures,
  insertEndpoint,
  listEndpoints,
  recordSending,
  rotateSecret,
  updateEndpoint,
  wake,
} from './endpoint-queries.ts'
import { newSecret, secretPlace } from './secret-place.ts'
import type { NewWebhook, Webhook, WebhookChanges } from './webhook.ts'

/** Of one tenant: each of its events is matched with all of them. */
const mostEndpoints = 500
/** Of one replay. */
const mostReplayed = 10_000

export interface WebhookService {
  /**
   * Judges an address before there is a webhook of it, outside of transactions: it asks name servers. Every delivery judges anew.
   *
   * @throws webhook_address_refused
   */
  requireReachable(url: string): Promise<void>
  /** The address is one that `requireReachable` let pass. @throws quota_exceeded, not_configured without a master key */
  create(scope: TenantScope, webhook: NewWebhook): Promise<{ readonly webhook: Webhook; readonly secret: string }>
  list(scope: TenantScope, page: { readonly after?: string | undefined; readonly limit: number }): Promise<Webhook[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<Webhook>
  /** `version` is the one that was read. @throws not_found, precondition_failed, webhook_address_refused */
  update(scope: TenantScope, id: string, changes: WebhookChanges, version: number | undefined): Promise<Webhook>
  /** With all that was to be sent there. @throws not_found */
  delete(scope: TenantScope, id: string): Promise<void>
  /** A new secret; the one before signs beside it for so many hours. @throws not_found */
  rotate(scope: TenantScope, id: string, overlapHours: number): Promise<{ readonly webhook: Webhook; readonly secret: string }>
  /** Sends an event that did not happen. Answers its id. @throws not_found, conflict where the endpoint is not active */
  test(scope: TenantScope, id: string): Promise<string>
  /** One event again, with the id that it had. @throws not_found */
  replay(scope: TenantScope, id: string, eventId: string): Promise<void>
  /** The events of a span that the endpoint wants, also those it was never told. Answers how many. @throws not_found, range_too_wide */
  replaySpan(scope: TenantScope, id: string, span: { readonly from: string; readonly to: string }): Promise<number>
}

declare module '../http/route.ts' {
  interface Services {
    readonly webhooks: WebhookService
  }
}

export interface WebhookServiceOptions {
  readonly secrets: SecretService
  readonly outbound: OutboundService
}

export function createWebhookService({ secrets, outbound }: WebhookServiceOptions): WebhookService {
  async function read(scope: TenantScope, id: string): Promise<Webhook> {
    const found = await findEndpoint(scope, id)
    if (found === undefined) throw problems.not_found('There is no such webhook.')
    return found
  }

  async function requireReachable(url: string): Promise<void> {
    try {
      await outbound.judge(url)
    } catch (error) {
      if (error instanceof OutboundFailure && error.code === 'address_refused')
        throw problems.webhook_address_refused(error.message)
      // A name that has no address yet: deliveries will tell.
      if (!(error instanceof OutboundFailure)) throw error
    }
  }

  return {
    requireReachable,
    read,
    list: (scope, { after, limit }) => listEndpoints(scope, after, limit),

    async create(scope, made) {
      const id = uuid7()
      const secret = newSecret()
      const sealed = await secrets.sealForTenant(scope, secretPlace(id), secret)
      const webhook = await insertEndpoint(scope, id, made, sealed, mostEndpoints)
      if (webhook === undefined) {
        const numbers = { limit: 'webhooks', max: mostEndpoints, used: mostEndpoints }
        throw problems.quota_exceeded(`A tenant has at most ${mostEndpoints} webhooks.`, numbers)
      }
      return { webhook, secret }
    },

    async update(scope, id, changes, version) {
      if (changes.url !== undefined) await requireReachable(changes.url)
      if ((await updateEndpoint(scope, id, changes, version)).length === 0) {
        const { version: current } = await read(scope, id)
        throw problems.precondition_failed('Somebody changed it since you read it.', { version: current })
      }
      if (changes.state === 'active') await scope.batch([forgetFailures(id), wake(id)], { lane: 'write' })
      return read(scope, id)
    },

    async delete(scope, id) {
      if ((await deleteEndpoint(scope, id)).length === 0) throw problems.not_found('There is no such webhook.')
    },

    async rotate(scope, id, overlapHours) {
      const secret = newSecret()
      const sealed = await secrets.sealForTenant(scope, secretPlace(id), secret)
      if ((await rotateSecret(scope, id, sealed, overlapHours)).length === 0)
        throw problems.not_found('There is no such webhook.')
      return { webhook: await read(scope, id), secret }
    },

    async test(scope, id) {
      const [made] = await addTestDelivery(scope, id)
      if (made === undefined) {
        const { state } = await read(scope, id)
        throw problems.conflict(`The webhook is ${state}: set it to active first.`)
      }
      await scope.batch([wake(id), recordSending(id, 'tested', { eventId: made.id })], { lane: 'write' })
      return made.id
    },

    async replay(scope, id, eventId) {
      await read(scope, id)
      if ((await replayOne(scope, id, eventId)).length === 0) throw problems.not_found('No such event was for this webhook.')
      await scope.batch([wake(id), recordSending(id, 'replayed', { eventId })], { lane: 'write' })
    },

    async replaySpan(scope, id, span) {
      await read(scope, id)
      if ((await countSpan(scope, id, span, mostReplayed + 1)) > mostReplayed)
        throw problems.range_too_wide(`At most ${mostReplayed} events are replayed at once.`)
      const replayed = await replaySpan(scope, id, span)
      await scope.batch([wake(id), recordSending(id, 'replayed', { ...span, events: replayed.length })], { lane: 'write' })
      return replayed.length
    },
  }
}
