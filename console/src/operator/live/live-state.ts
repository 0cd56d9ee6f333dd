import { useSyncExternalStore } from 'react'

let isLive = false
const watchers = new Set<() => void>()

/** Whether this tab hears of changes by itself. */
export function useLive(): boolean {
  return useSyncExternalStore(watch, () => isLive)
}

export function setLive(now: boolean): void {
  if (now === isLive) return
  isLive = now
  for (const each of watchers) each()
}

function watch(changed: () => void): () => void {
  watchers.add(changed)
  return () => watchers.delete(changed)
}
