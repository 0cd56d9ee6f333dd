// A process that keeps one processor busy and has nothing to do with us: what it does to a tenant is the machine's doing.
import { setPriority } from 'node:os'
import { answer } from '../child.ts'

answer({
  /** `nice`: 0 takes its share like any program, 10 as our own thread of long reads does. */
  yieldTo: (nice: number) => setPriority(nice),
  burn: (milliseconds: number) => {
    const until = performance.now() + milliseconds
    while (performance.now() < until);
  },
})
