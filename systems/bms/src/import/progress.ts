import type { Writable } from 'node:stream'

export interface Progress {
  /** How much of the file was read, 0 to 1, and how many points were sent. */
  readonly show: (done: number, points: number) => void
  readonly finish: (line: string) => void
}

/** A bar that redraws itself on a terminal; elsewhere only the last line, so that logs stay readable. */
export function progressOn(stream: Writable & { isTTY?: boolean; columns?: number }, title: string): Progress {
  const draw = (done: number, points: number) => {
    const width = Math.max(10, Math.min(40, (stream.columns ?? 80) - title.length - 30))
    const filled = Math.round(Math.min(1, done) * width)
    const percent = `${Math.floor(Math.min(1, done) * 100)}`.padStart(3)
    stream.write(
      `\r${title} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent}% ${points.toLocaleString('en')} points`,
    )
  }
  return {
    show: (done, points) => {
      if (stream.isTTY) draw(done, points)
    },
    finish: (line) => {
      stream.write(stream.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`)
    },
  }
}
