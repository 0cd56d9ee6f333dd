// Loaded first in a process that node24.mjs started. Ctrl-C reaches the whole process group, `kill` only the wrapper:
// so the wrapper passes on what it got, and this side drops what arrived here already. A signal that came twice would
// end a program that is still closing its database.
const SETTLE_MS = 100

const isOurs = process.channel && process.env.TENANTRY_PARENT_PID === String(process.ppid)
delete process.env.TENANTRY_PARENT_PID // for us alone: the program's own configuration knows no such option
if (isOurs) {
  const seen = new Set()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    const arrived = () => {
      seen.add(signal)
      if (process.listenerCount(signal) > 1) return // the program handles it
      process.off(signal, arrived)
      process.kill(process.pid, signal) // ends us, as it does without a handler
    }
    process.on(signal, arrived)
  }
  process.on('message', (signal) => {
    setTimeout(() => seen.has(signal) || process.kill(process.pid, signal), SETTLE_MS)
  })
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')) // the wrapper was killed
  process.channel.unref() // listening keeps nobody alive
}
