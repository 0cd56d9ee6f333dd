import type { TenantScope } from '../tenant-scope.ts'

/**
 * Text made of what a scope reads, by a function that a thread of its own can run as well as the caller's: what it is told is plain data,
 * and its module imports no more than it needs, for the thread loads all of it.
 */
export interface TextWork<A> {
  /** Where it is exported: the module's `import.meta.url`, and the name there. */
  readonly module: string
  readonly name: string
  readonly run: (scope: TenantScope, told: A) => AsyncIterable<string>
}

/**
 * Declares a `TextWork` where it is exported.
 *
 * @example
 * export const readingsAsText = textWork(import.meta.url, 'readingsAsText', async function* (scope, { meterId }: Asked) {
 *   for await (const row of scope.stream(sql`select ...`)) yield JSON.stringify(row)
 * })
 * // elsewhere
 * return reply(200, await scope.aside(readingsAsText, { meterId }), { contentType: 'application/json; charset=utf-8' })
 */
export function textWork<A>(module: string, name: string, run: TextWork<A>['run']): TextWork<A> {
  return { module, name, run }
}

/**
 * What a piece of work says, once its first piece is there: what refuses it does so before an answer is begun. Whoever does not read it
 * leaves it with `return`.
 */
export async function begun(text: AsyncIterable<string>): Promise<AsyncIterableIterator<string>> {
  const rest = text[Symbol.asyncIterator]()
  let first: IteratorResult<string> | undefined = await rest.next()
  const told: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => told,
    async next() {
      if (first === undefined) return rest.next()
      const piece = first
      first = undefined
      return piece
    },
    async return() {
      first = undefined
      await rest.return?.()
      return { done: true, value: undefined }
    },
  }
  return told
}
