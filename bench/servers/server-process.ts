import { closeSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverFlags } from '../../scripts/server-flags.mjs'
import { Child } from '../child.ts'
import type { Usage } from './serve.ts'

/** A server of the bench in a process of its own, its standard output (the log) in a file, as a service manager would have it. */
export class ServerProcess {
  readonly port: number
  readonly #child: Child

  /** `settings`: for most servers the address of their database. */
  static async start(module: URL, settings: unknown): Promise<ServerProcess> {
    const log = join(tmpdir(), `tenantry-bench-${process.pid}-${Math.random().toString(36).slice(2)}.log`)
    const output = openSync(log, 'w')
    const profiling = process.env.BENCH_CPU_PROFILE
    const child = new Child(module, {
      output,
      nodeOptions: [...serverFlags, ...(profiling === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiling}`])],
    })
    // Nobody reads it: the name goes at once, the file with the process that writes it, however that ends.
    closeSync(output)
    rmSync(log)
    try {
      return new ServerProcess(child, await child.ask<number>('start', settings))
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  private constructor(child: Child, port: number) {
    this.#child = child
    this.port = port
  }

  usage(): Promise<Usage> {
    return this.#child.ask<Usage>('usage')
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }
}
