import { setImmediate as nextTurn } from 'node:timers/promises'
import { problems } from '../problems/catalogue.ts'
import { stepOf } from './base-scope.ts'
import { contextStatements, originWritten } from './context-statement.ts'
import { sqlStateOf } from './database-problems.ts'
import type { Lane } from './lane.ts'
import { SharedBatch } from './shared-batch.ts'
import { type Statement, sql } from './statement.ts'
import type { LoggedRead, ScopeContext } from './tenant-scope.ts'

/** Entries that one statement writes: some milliseconds of PostgreSQL's time. */
const mostEntries = 256
/** Of one tenant among them, so that a thousand of one tenant's are not in front of another's. */
const mostOfTenant = 32
/** Entries of one tenant that may wait, as many as its reads; the next is `overloaded`. */
const mostWaiting = 1_000

/** The lane is everybody's at once. */
const nobody = ''

interface Waiting {
  readonly context: ScopeContext
  readonly read: LoggedRead
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes the access log of a process. What is to be logged while a statement is on its way goes with the next, of all tenants
 * together: a transaction, a context and an answer for each would cost more than the read (decision 20).
 */
export class AccessRecorder {
  readonly #lane: Lane
  readonly #tenants = new Map<string, Waiting[]>()
  #waiting = 0
  #writing: Promise<void> | undefined

  constructor(lane: Lane) {
    this.#lane = lane
  }

  /** Entries that are not on their way yet. */
  get waiting(): number {
    return this.#waiting
  }

  /** Resolves when the entry is committed. A connection that breaks may leave it twice; that is better than no answer. */
  record(context: ScopeContext, read: LoggedRead): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { context, read, resolve, reject }
      const others = this.#tenants.get(context.tenantId)
      if (others === undefined) this.#tenants.set(context.tenantId, [entry])
      else if (others.length < mostWaiting) others.push(entry)
      else return reject(problems.overloaded('Too many reads of this tenant wait for the access log.', { retryAfter: 1 }))
      this.#waiting++
      this.#writing ??= this.#writeAll()
    })
  }

  /** Writes what waits, then closes the lane. */
  async close(patience: number): Promise<void> {
    await this.#writing
    await this.#lane.close(patience)
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting > 0) {
      // What is asked for in the same turn of the event loop goes along.
      await nextTurn()
      await this.#write(this.#next())
    }
    this.#writing = undefined
  }

  /** Some of every tenant, each tenant's side by side. */
  #next(): Waiting[] {
    const entries: Waiting[] = []
    for (const [tenantId, waiting] of this.#tenants) {
      const room = mostEntries - entries.length
      if (room === 0) break
      entries.push(...waiting.splice(0, Math.min(room, mostOfTenant)))
      this.#tenants.delete(tenantId)
      // Behind the others.
      if (waiting.length > 0) this.#tenants.set(tenantId, waiting)
      if (entries.length === this.#waiting) break
    }
    this.#waiting -= entries.length
    return entries
  }

  /** Never rejects: it is the entries that do. One that PostgreSQL does not take is found by halving, and fails alone. */
  async #write(entries: readonly Waiting[]): Promise<void> {
    try {
      await this.#send(statementOf(entries))
      for (const { resolve } of entries) resolve()
    } catch (error) {
      if (entries.length > 1 && isOfOneRow(error)) {
        const half = entries.length >> 1
        await this.#write(entries.slice(0, half))
        await this.#write(entries.slice(half))
      } else {
        for (const { reject } of entries) reject(error)
      }
    }
  }

  #send(statement: Statement): Promise<unknown> {
    const lane = this.#lane
    return new Promise((onDone, onFailed) => {
      lane.enter(
        new SharedBatch({
          tenantId: nobody,
          lane,
          context: { statement: contextStatements.recording, values: ['off'], ofLane: [lane.statementTimeout] },
          steps: [stepOf(statement)],
          repeatable: true,
          signal: undefined,
          onDone,
          onFailed,
        }),
      )
    })
  }
}

function statementOf(entries: readonly Waiting[]): Statement {
  const origins = entries.map(({ context }) => originWritten(context))
  return sql`select tenantry.record_accesses(
    ${entries.map(({ context }) => context.tenantId)}::uuid[],
    ${entries.map(({ context }) => context.actor.kind)}::text[],
    ${entries.map(({ context }) => context.actor.id)}::uuid[],
    ${origins.map(({ impersonator }) => impersonator)}::uuid[],
    ${entries.map(({ read }) => read.action)}::text[],
    ${entries.map(({ read }) => read.objectId)}::uuid[],
    ${entries.map(({ context }) => context.origin.requestId || null)}::text[],
    ${origins.map(({ address }) => address)}::text[],
    ${origins.map(({ userAgent }) => userAgent)}::text[])`
}

/** A value or a constraint, and not the server, its locks or the time it took: others in the statement may be well. */
function isOfOneRow(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '')
}
