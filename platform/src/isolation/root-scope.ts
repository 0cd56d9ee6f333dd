import { BaseScope, stepOf } from './base-scope.ts'
import { Companion } from './companion.ts'
import { contextStatements, readingValues, readWrite, writingValues } from './context-statement.ts'
import type { Lane } from './lane.ts'
import type { LaneName } from './lane-settings.ts'
import { ownSnapshot } from './own-snapshot.ts'
import { ownStream } from './own-stream.ts'
import { ownTransaction } from './own-transaction.ts'
import { ownWalk } from './own-walk.ts'
import { mostRows, SharedBatch } from './shared-batch.ts'
import type { RowOf, Runnable } from './statement.ts'
import { type ContextStep, Step } from './step.ts'
import type { RunOptions, ScopeContext, ScopeOptions, SnapshotScope, TenantScope } from './tenant-scope.ts'

export type LaneSet = Readonly<Record<LaneName, Lane>>

/** The scope that `createIsolation().scope()` gives: every batch on whatever connection is least busy. */
export class RootScope extends BaseScope {
  readonly lanes: LaneSet
  readonly signal: AbortSignal | undefined
  readonly companion: Companion

  constructor(context: ScopeContext, lanes: LaneSet, options: ScopeOptions) {
    super(context)
    this.lanes = lanes
    this.signal = options.signal
    this.companion = new Companion(options.accompaniedBy)
  }

  /** For what may write, and whatever is not in the read lane. `further`: what is particular to a kind of work. */
  contextStep(
    kind: 'writing' | 'unhurried' | 'session',
    readOnly: boolean,
    lane: Lane,
    further: readonly string[] = [],
  ): ContextStep {
    return {
      statement: contextStatements[kind],
      values: [...writingValues(this.context, readOnly), ...further],
      ofLane: [lane.statementTimeout],
    }
  }

  override perform(steps: Step[], options: RunOptions | undefined): Promise<readonly Step[]> {
    const lane = this.lanes[options?.lane ?? (steps.every((step) => step.facts.prefersReadLane) ? 'read' : 'write')]
    // Said by the caller, `write` means that a select calls a function that writes: `select tenantry.consume(…)`.
    const reads = options?.lane !== 'write' && steps.every((step) => step.facts.reads)
    const readLane = lane.name === 'read'
    // A transaction that logs has to write; one that wrongly came to the read lane must not get the chance.
    const companion = readLane && !reads ? undefined : this.companion.take()
    const readOnly = (reads || readLane) && companion === undefined
    if (readLane) for (const step of steps) step.maxRows = mostRows + 1
    const context = companion
      ? this.contextStep(reads ? 'unhurried' : 'writing', false, lane, reads ? ['off'] : [])
      : readLane
        ? { statement: contextStatements.reading, values: readingValues(this.context), ofLane: ['on', lane.statementTimeout] }
        : this.contextStep('writing', readOnly, lane)
    return new Promise((resolve, reject) => {
      const batch = new SharedBatch({
        tenantId: this.context.tenantId,
        lane,
        ...(companion && readLane ? { opening: [new Step(readWrite)] } : {}),
        context,
        steps: companion ? [...steps, companion.step] : steps,
        // A logged read that broke off may leave its row twice; that is better than no answer.
        repeatable: reads || readOnly,
        signal: this.signal,
        onDone: (done) => resolve(companion ? done.slice(0, -1) : done),
        onFailed: (error) => {
          companion?.giveBack()
          reject(error)
        },
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

  override walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncIterable<T> {
    return ownWalk(this, work)
  }
}
