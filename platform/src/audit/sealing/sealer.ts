import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { ScopeOptions, TenantScope } from '../../isolation/tenant-scope.ts'
import { Problem } from '../../problems/problem.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { type AuditSigner, auditSigner } from './audit-keys.ts'
import { claimSealing, releaseSealing, type SealClaim } from './seal-claims.ts'
import { sealNext } from './seal-entries.ts'
import { hasEntriesAfter, headOf } from './segment-queries.ts'
import { signTombstones } from './sign-tombstones.ts'

export interface SealerOptions {
  /** Of the directory role: claims across tenants, and the keys. */
  readonly pool: Pool
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly secrets: SecretBox
  readonly logger: Logger
}

/** Milliseconds between two looks; a fifth more or less, so that nodes spread. */
const interval = 1_000
/** A new key signs within a minute. */
const looksPerKey = 60
const concurrency = 2
const segmentsOfATurn = 20
/** Seconds. With the look and the seal itself, an entry is sealed within ten. */
const pause = 5
const soon = 1
/** A minute of looks that find nothing: longer than a transaction lasts that wrote while we looked. */
const emptyLooks = 12
const rest = 86_400
const sealer = '00000000-0000-7000-8000-7365616c6572'

/** Seals the audit entries of tenants in which something was written. Nothing is done for the others but a look a day. */
export class Sealer {
  readonly #options: SealerOptions
  readonly #abort = new AbortController()
  readonly #turns = new Set<Promise<void>>()
  #signer: AuditSigner | undefined
  #looks = 0
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: SealerOptions) {
    this.#options = options
    this.#schedule(0)
  }

  /** Waits for the segments under way; the rest is sealed later, by any node. */
  async close(): Promise<void> {
    this.#abort.abort()
    clearTimeout(this.#next)
    await this.#looking
    await Promise.all(this.#turns)
  }

  #schedule(delay: number): void {
    if (this.#abort.signal.aborted) return
    this.#next = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#failed(error))
        .finally(() => this.#schedule(interval * (0.8 + Math.random() * 0.4)))
    }, delay)
    this.#next.unref()
  }

  #failed(error: unknown): void {
    const { logger } = this.#options
    if (error instanceof Problem && error.code === 'not_configured') {
      logger.warn('audit entries are not sealed: TENANTRY_MASTER_KEYS is not set')
      this.#abort.abort()
    } else logger.warn({ err: error }, 'audit entries could not be sealed')
  }

  async #look(): Promise<void> {
    const { pool, secrets } = this.#options
    if (this.#signer === undefined || this.#looks++ % looksPerKey === 0) this.#signer = await auditSigner(pool, secrets)
    const signer = this.#signer
    const places = concurrency - this.#turns.size
    if (places <= 0) return
    for (const claim of await claimSealing(pool, places)) {
      const turn = this.#turn(claim, signer).finally(() => this.#turns.delete(turn))
      this.#turns.add(turn)
    }
    await signTombstones(pool, signer)
  }

  async #turn({ tenantId, attempts }: SealClaim, signer: AuditSigner): Promise<void> {
    const { pool, scope: open, logger } = this.#options
    const scope = open({ tenantId, actor: { kind: 'system', id: sealer }, origin: { requestId: 'audit' } })
    try {
      let found = false
      for (let number = 0; number < segmentsOfATurn && !this.#abort.signal.aborted; number++) {
        if ((await sealNext(scope, signer)) === 0) break
        found = true
      }
      const waiting = await hasEntriesAfter(scope, (await headOf(scope)).last)
      const resting = attempts >= emptyLooks ? rest : pause
      await releaseSealing(pool, tenantId, waiting ? soon : found ? pause : resting, found || waiting)
    } catch (error) {
      logger.warn({ err: error, tenant: tenantId }, 'the audit entries of a tenant were not sealed')
      await releaseSealing(pool, tenantId, pause, true).catch(() => undefined) // The claim runs out by itself.
    }
  }
}
