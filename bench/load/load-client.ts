import { Child } from '../child.ts'
import type { LoadOrder, LoadReport, Target } from './run.ts'

/** Asks servers from a process of its own. */
export class LoadClient {
  readonly #child = new Child(new URL('./main.ts', import.meta.url))
  readonly #names = new Map<readonly Target[], string>()

  async run({ targets, ...order }: LoadOrder): Promise<LoadReport> {
    let name = this.#names.get(targets)
    if (name === undefined) {
      name = String(this.#names.size)
      this.#names.set(targets, name)
      await this.#child.ask('targets', { name, list: targets })
    }
    return this.#child.ask<LoadReport>('run', { ...order, targets: name })
  }

  /** As `run`; refuses a report with anything but answers of 200 in it, which would be measuring something else. */
  async runWell(order: LoadOrder): Promise<LoadReport> {
    const report = await this.run(order)
    const well = report.broken === 0 && Object.keys(report.byStatus).every((status) => status === '200')
    if (!well || report.answered === 0) {
      throw new Error(`The load was not answered well: ${JSON.stringify(report.byStatus)}, ${report.broken} connections broke.`)
    }
    return report
  }

  /** From now on it takes the processors that nobody else wants: in life it is another machine. */
  yieldToAll(): Promise<void> {
    return this.#child.ask('yieldToAll')
  }

  /** Ends what is running early. */
  cut(): Promise<void> {
    return this.#child.ask('stop')
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }
}
