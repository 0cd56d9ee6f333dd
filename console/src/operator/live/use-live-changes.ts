import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { followStream, type StreamedEvent } from '../../api/event-stream.ts'
import { type Hint, isAbout } from './following.ts'
import { setLive } from './live-state.ts'

/** Milliseconds between the end of asking and asking again: hundreds of changes in a row are not hundreds of questions. */
const pause = 1_000

/** Everything that follows something: what was missed is not known. */
const everything = (query: Parameters<typeof isAbout>[0]) => query.meta?.follows !== undefined

/**
 * While the tab is to be seen, it hears of changes and asks again for what it shows of them. Hidden it listens to nothing: a browser
 * has six connections to a host for all tabs together.
 */
export function useLiveChanges(): void {
  const queries = useQueryClient()
  useEffect(() => {
    let listening: AbortController | undefined
    const look = () => {
      listening?.abort()
      listening = undefined
      setLive(false)
      if (document.visibilityState === 'visible') listening = listen(queries)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      listening?.abort()
    }
  }, [queries])
}

function listen(queries: QueryClient): AbortController {
  const gone = new AbortController()
  const asking = new AskingAgain(queries)
  const tell = ({ type, data }: StreamedEvent) => (type === 'changed' ? asking.hear(data as Hint) : asking.hearOfAll())
  const onState = (isOpen: boolean) => gone.signal.aborted || setLive(isOpen)
  void followStream('/v1/operations/changes/stream', tell, gone.signal, onState)
  return gone
}

/** Gathers what is heard while it asks and for a moment afterwards. */
class AskingAgain {
  readonly #queries: QueryClient
  #hints: Hint[] = []
  #all = false
  #isAsking = false

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  hear(hint: Hint): void {
    this.#hints.push(hint)
    void this.#ask()
  }

  hearOfAll(): void {
    this.#all = true
    void this.#ask()
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    while (this.#all || this.#hints.length > 0) {
      const [all, hints] = [this.#all, this.#hints]
      this.#all = false
      this.#hints = []
      await this.#queries.invalidateQueries({ predicate: all ? everything : (query) => isAbout(query, hints) })
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    this.#isAsking = false
  }
}
