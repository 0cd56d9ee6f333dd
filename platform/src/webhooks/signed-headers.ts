import { Webhook as Signer } from 'standardwebhooks'

export interface SignedLetter {
  readonly eventId: string
  readonly body: string
  readonly now: Date
  /** The current one first. */
  readonly secrets: readonly string[]
}

/** What goes with a body, signed as https://www.standardwebhooks.com says, with every secret that is good at the moment. */
export function signedHeaders({ eventId, body, now, secrets }: SignedLetter) {
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'webhooks',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(eventId, now, body)).join(' '),
  }
}
