// A process that keeps one processor busy and has nothing to do with us: what it does to a tenant is the machine's doing.
import { answer } from '../child.ts'

answer({
  burn: (milliseconds: number) => {
    const until = performance.now() + milliseconds
    while (performance.now() < until);
  },
})
