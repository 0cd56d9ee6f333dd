export const queueSchema = 'tenantry_jobs'
/** Where jobs end that failed at every attempt, from all queues. */
export const deadLetters = 'tenantry.dead_letters'

/** What a queue's row holds of each job. Ids only. */
export interface Payload {
  readonly tenantId: string
  readonly kind: string
  readonly ref: string
}
