import type { AccessRecorder } from './access-recorder.ts'
import { BaseScope, stepOf } from './base-scope.ts'
import { contextStatements, readingValues, writingValues } from './context-statement.ts'
import type { Lane } from './lane.ts'
import type { LaneName } from './lane-settings.ts'
import { ownSnapshot } from './own-snapshot.ts'
import { ownStream } from './own-stream.ts'
import { ownTransaction } from './own-transaction.ts'
import { ownWalk } from './own-walk.ts'
import { mostRows, SharedBatch } from './shared-batch.ts'
import type { RowOf, Runnable } from './statement.ts'
import type { ContextStep, Step } from './step.ts'
import type { LoggedRead, RunOptions, ScopeContext, ScopeOptions, SnapshotScope, TenantScope } from './tenant-scope.ts'
import type { ReadingThread } from './thread/reading-thread.ts'
import { begun, type TextWork } from './thread/text-work.ts'

export type LaneSet = Readonly<Record<Exclude<LaneName, 'log'>, Lane>>

/** What the scopes of a process share. */
export interface ScopeParts {
  readonly lanes: LaneSet
  readonly recorder: AccessRecorder
  readonly thread: ReadingThread | undefined
}

/** The scope that `createIsolation().scope()` gives: every batch on whatever connection is least busy. */
export class RootScope extends BaseScope {
  readonly lanes: LaneSet
  readonly signal: AbortSignal | undefined
  readonly #recorder: AccessRecorder
  readonly #thread: ReadingThread | undefined
  /** What is still to be logged. */
  #toLog: LoggedRead | undefined
  #logging: Promise<void> | undefined

  constructor(context: ScopeContext, { lanes, recorder, thread }: ScopeParts, options: ScopeOptions) {
    super(context)
    this.lanes = lanes
    this.signal = options.signal
    this.#recorder = recorder
    this.#thread = thread
    this.#toLog = options.logged
  }

  /** For what may write, and whatever is not in the read lane. `further`: what is particular to a kind of work. */
  contextStep(kind: 'writing' | 'session', readOnly: boolean, lane: Lane, further: readonly string[] = []): ContextStep {
    return {
      statement: contextStatements[kind],
      values: [...writingValues(this.context, readOnly), ...further],
      ofLane: [lane.statementTimeout],
    }
  }

  /** Resolves once the scope is in the access log; undefined where nothing is left to be logged. One that failed is tried with the next. */
  logged(): Promise<void> | undefined {
    if (this.#toLog === undefined) return undefined
    this.#logging ??= this.#recorder.record(this.context, this.#toLog).then(
      () => {
        this.#toLog = undefined
      },
      (error) => {
        this.#logging = undefined
        throw error
      },
    )
    return this.#logging
  }

  override perform(steps: Step[], options: RunOptions | undefined): Promise<readonly Step[]> {
    // Said by the caller, `write` means that a select calls a function that writes: `select tenantry.consume(…)`.
    const reads = options?.lane !== 'write' && steps.every((step) => step.facts.reads)
    const logged = this.logged()
    if (logged === undefined) return this.#send(steps, options, reads)
    // A read and its entry go side by side. A write goes behind: stored, it must not be called a failure for want of an entry.
    if (!reads) return logged.then(() => this.#send(steps, options, reads))
    return Promise.all([this.#send(steps, options, reads), logged]).then(([done]) => done)
  }

  #send(steps: Step[], options: RunOptions | undefined, reads: boolean): Promise<readonly Step[]> {
    const lane = this.lanes[options?.lane ?? (steps.every((step) => step.facts.prefersReadLane) ? 'read' : 'write')]
    const readLane = lane.name === 'read'
    const readOnly = reads || readLane
    if (readLane) for (const step of steps) step.maxRows = mostRows + 1
    return new Promise((resolve, reject) => {
      const batch = new SharedBatch({
        tenantId: this.context.tenantId,
        lane,
        context: readLane
          ? { statement: contextStatements.reading, values: readingValues(this.context), ofLane: ['on', lane.statementTimeout] }
          : this.contextStep('writing', readOnly, lane),
        steps,
        repeatable: readOnly,
        signal: this.signal,
        onDone: resolve,
        onFailed: reject,
      })
      lane.enter(batch)
    })
  }

  override transaction<T>(work: (scope: TenantScope) => Promise<T>): Promise<T> {
    return ownTransaction(this, work)
  }

  override snapshot<T>(work: (reading: SnapshotScope) => Promise<T>): Promise<T> {
    return ownSnapshot(this, work)
  }

  override stream<R extends Runnable>(statement: R, options: { readonly batchSize?: number } = {}): AsyncIterable<RowOf<R>> {
    return ownStream(this, stepOf(statement), options.batchSize) as AsyncIterable<RowOf<R>>
  }

  override async aside<A>(work: TextWork<A>, told: A): Promise<AsyncIterable<string>> {
    await this.logged()
    return begun(this.#thread?.read(this.context, work, told, this.signal) ?? work.run(this, told))
  }

  override walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncIterable<T> {
    return ownWalk(this, work)
  }
}
