import { useState } from 'react'

export interface Task {
  readonly isBusy: boolean
  readonly error: unknown
  run(work: () => Promise<unknown>): Promise<void>
}

/** Work that a visitor waits for, and what became of it. */
export function useTask(): Task {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  return {
    isBusy,
    error,
    async run(work) {
      setBusy(true)
      setError(undefined)
      try {
        await work()
      } catch (thrown) {
        setError(thrown)
      } finally {
        setBusy(false)
      }
    },
  }
}
