import type { Installation } from './database/installation.ts'
import type { Result } from './result.ts'

/** What a part gets. */
export interface Bench {
  readonly installation: Installation
  /** Fewer and shorter rounds: to see that the bench works and where the figures about are. */
  readonly quick: boolean
  /** What is to be shown over time is shown for ten minutes. */
  readonly sustained: boolean
  readonly note: (line: string) => void
}

export interface Part {
  readonly name: string
  readonly title: string
  /** Milliseconds that it may need beyond what every part has, for what it builds and stores before it measures. */
  readonly prepares?: number
  readonly run: (bench: Bench) => Promise<Omit<Result, 'part'>[]>
}
