// The process that asks. It is none of the servers', so that they are measured alone.
import { setPriority } from 'node:os'
import { answer } from '../child.ts'
import { type LoadOrder, runLoad, type Target } from './run.ts'

const targets = new Map<string, readonly Target[]>()
let stop = new AbortController()

answer({
  targets: ({ name, list }: { name: string; list: readonly Target[] }) => void targets.set(name, list),
  run: (order: Omit<LoadOrder, 'targets'> & { readonly targets: string }) => {
    stop = new AbortController()
    return runLoad({ ...order, targets: targets.get(order.targets) ?? [] }, stop.signal)
  },
  stop: () => stop.abort(),
  yieldToAll: () => setPriority(19),
})
