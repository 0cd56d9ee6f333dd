import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const compiled = fileURLToPath(new URL('../platform/node_modules/.cache/compiled', import.meta.url))

/** A process of the bench: answers what it is asked, one question after the other, and ends with its parent. */
export class Child {
  readonly #process: ChildProcess
  readonly #name: string
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (reason: Error) => void }>()
  #asked = 0

  /** `output`: where its standard output goes, by file descriptor. */
  constructor(module: URL, options: { readonly output?: number; readonly nodeOptions?: readonly string[] } = {}) {
    this.#name = fileURLToPath(module).split('/').slice(-2).join('/')
    this.#process = spawn(process.execPath, [...(options.nodeOptions ?? []), fileURLToPath(module)], {
      stdio: ['ignore', options.output ?? 'ignore', 'inherit', 'ipc'],
      // As the shipped program does: compiled once, and what compiling needs is not in anybody's memory.
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    })
    this.#process.on('message', ({ id, value, error }: { id: number; value: never; error?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(value)
      else waiting?.reject(new Error(`${this.#name}: ${error}`))
    })
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${this.#name} ended with ${signal ?? code}.`))
      this.#waiting.clear()
    })
  }

  ask<T>(question: string, argument?: unknown): Promise<T> {
    const id = this.#asked++
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: never) => void, reject })
      this.#process.send({ id, question, argument })
    })
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.disconnect()
    await ended
  }
}

type Answers = Readonly<Record<string, (argument: never) => unknown>>

/** The other end, in the child. When the parent is gone it ends. */
export function answer(answers: Answers, onEnd: () => unknown = () => undefined): void {
  process.on('message', async ({ id, question, argument }: { id: number; question: string; argument: never }) => {
    try {
      process.send?.({ id, value: await answers[question]?.(argument) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', async () => {
    // Whatever its end waits for, nobody waits longer than this.
    setTimeout(() => process.exit(1), 5_000).unref()
    await onEnd()
    process.exit(0)
  })
}
