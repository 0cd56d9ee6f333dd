import { LRUCache } from 'lru-cache'
import type { MailContent } from './mail-content.ts'

/** A top-level domain in which, by RFC 2606, there is nobody. */
const nowhere = '.invalid'

const most = 2_000

/**
 * Mail to addresses that cannot exist: never sent, and the last to each kept in this process for who made the address. `tenantry
 * attack` makes such people and reads here what they would have been sent, without a word to any mail server.
 */
export class UnreachableMail {
  readonly #last = new LRUCache<string, MailContent>({ max: most })

  /** True when the mail goes nowhere, and was kept. */
  keep(to: string, content: MailContent): boolean {
    const isNowhere = to.endsWith(nowhere)
    if (isNowhere) this.#last.set(to, content)
    return isNowhere
  }

  /** What was last sent to the address; once. */
  take(to: string): MailContent | undefined {
    const content = this.#last.get(to)
    this.#last.delete(to)
    return content
  }
}
