import { stepOf } from './base-scope.ts'
import type { Statement } from './statement.ts'
import type { Step } from './step.ts'

/** The access-log row that rides with the first statement a scope runs. If that fails, it rides with the next. */
export class Companion {
  #statement: Statement | undefined

  constructor(statement: Statement | undefined) {
    this.#statement = statement
  }

  /** Its step, once; `giveBack` when what it rode with was rolled back. */
  take(): { readonly step: Step; readonly giveBack: () => void } | undefined {
    const statement = this.#statement
    if (!statement) return undefined
    this.#statement = undefined
    return {
      step: stepOf(statement),
      giveBack: () => {
        this.#statement = statement
      },
    }
  }
}
