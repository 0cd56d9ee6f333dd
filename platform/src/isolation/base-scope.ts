import type { RowOf, Runnable, Statement } from './statement.ts'
import { factsOf } from './statement-facts.ts'
import { Step } from './step.ts'
import type { RunOptions, ScopeContext, SnapshotScope, TenantScope } from './tenant-scope.ts'
import { begun, type TextWork } from './thread/text-work.ts'
import { toWireValues } from './wire-values.ts'

/** What run, first and batch have in common, wherever the statements end up. */
export abstract class BaseScope implements TenantScope {
  readonly context: ScopeContext

  constructor(context: ScopeContext) {
    this.context = context
  }

  /** Runs the steps in one network write and fills in their answers. */
  abstract perform(steps: Step[], options: RunOptions | undefined): Promise<readonly Step[]>
  abstract transaction<T>(work: (scope: TenantScope) => Promise<T>): Promise<T>
  abstract snapshot<T>(work: (reading: SnapshotScope) => Promise<T>): Promise<T>
  abstract stream<R extends Runnable>(statement: R, options?: { readonly batchSize?: number }): AsyncIterable<RowOf<R>>
  abstract walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncIterable<T>

  /** Where there is no thread, or no leaving this one: within a transaction. */
  aside<A>(work: TextWork<A>, told: A): Promise<AsyncIterable<string>> {
    return begun(work.run(this, told))
  }

  async run<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R>[]> {
    const [step] = await this.perform([stepOf(statement)], options)
    return (step as Step).rows as RowOf<R>[]
  }

  /** Like `run`, with how many rows were written. */
  async answer(statement: Runnable, options?: RunOptions): Promise<Step> {
    return (await this.perform([stepOf(statement)], options))[0] as Step
  }

  async first<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R> | undefined> {
    const [step] = await this.perform([stepOf(statement)], options)
    return (step as Step).rows[0] as RowOf<R> | undefined
  }

  async batch<const R extends readonly Runnable[]>(
    statements: R,
    options?: RunOptions,
  ): Promise<{ [K in keyof R]: RowOf<R[K]>[] }> {
    if (statements.length === 0) return [] as unknown as { [K in keyof R]: RowOf<R[K]>[] }
    const steps = await this.perform(statements.map(stepOf), options)
    return steps.map((step) => step.rows) as { [K in keyof R]: RowOf<R[K]>[] }
  }
}

/** A step for one of our statements or one of Kysely's builders. Throws before anything is sent. */
export function stepOf(statement: Runnable): Step {
  const { text, values } = 'compile' in statement ? compiled(statement.compile()) : statement
  return new Step(factsOf(text), toWireValues(values))
}

function compiled({ sql, parameters }: { readonly sql: string; readonly parameters: readonly unknown[] }): Statement {
  return { text: sql, values: parameters }
}
