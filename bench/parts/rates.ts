import { RateBuckets } from '../../platform/src/access/rate-bucket.ts'
import { perSecond } from '../../platform/src/access/rate-limit.ts'
import { SharedRates } from '../../platform/src/access/shared-rates.ts'
import { interleave } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { ensurePeers } from '../peers.ts'
import { least, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

/** What it costs to ask whether a caller may ask: paid by every request. */
export const rates: Part = {
  name: 'rates',
  title: 'Rate limits in the process: takes a second of processor time',
  run: measureRates,
}

const callers = Array.from({ length: 1_000 }, (_, index) => `018f0000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`)
/** So many that nothing is refused: what is compared is the usual way. */
const limit = 1_000_000
const takes = { ours: 200_000, flexible: 50_000 }

/** As much of the peer as is used. */
interface Peer {
  readonly RateLimiterMemory: new (options: {
    readonly points: number
    readonly duration: number
  }) => { consume(key: string): Promise<unknown> }
}

async function measureRates({ quick, note }: Bench): Promise<Omit<Result, 'part'>[]> {
  const missing = ensurePeers(note)
  if (missing !== undefined) return [{ name: `not measured: rate-limiter-flexible is ${missing}`, ours: '' }]
  const { default: peer }: { default: Peer } = await import(
    new URL('../peers/node_modules/rate-limiter-flexible/index.js', import.meta.url).href
  )
  const flexible = new peer.RateLimiterMemory({ points: limit, duration: 1 })
  const buckets = new RateBuckets('key', perSecond(limit))
  const plenty = async (_tenant: string, _requests: number, granted: number) => ({
    granted,
    remaining: limit,
    retryAfter: 0,
    fullIn: 0,
  })
  const shared = new SharedRates({ policy: 'tenant', lease: plenty, window: 60 })

  const measured = await interleave(
    [
      side('bucket', takes.ours, (key) => buckets.take(key)),
      side('shared', takes.ours, (key) => shared.take(key, limit)),
      side('flexible', takes.flexible, (key) => flexible.consume(key)),
    ],
    quick ? 6 : 16,
  )
  const line = (name: string, ours: string) => ({
    name,
    ours: `${median(measured.get(ours) ?? []).toFixed(0)}/s`,
    peer: `${median(measured.get('flexible') ?? []).toFixed(0)}/s`,
    ...ofRounds(ratios(measured.get(ours) ?? [], measured.get('flexible') ?? [])),
  })
  return [
    { ...line("a bucket of a key, beside rate-limiter-flexible's memory store", 'bucket'), floor: least(1), aim: least(2) },
    { ...line('  from what a node has leased of a rate that nodes share', 'shared'), floor: least(1) },
  ]
}

function side(name: string, count: number, take: (key: string) => unknown) {
  return {
    name,
    measure: async () => {
      const before = process.cpuUsage()
      for (let index = 0; index < count; index += 1) {
        const taken = take(callers[index % callers.length] as string)
        if (taken instanceof Promise) await taken
      }
      const { user, system } = process.cpuUsage(before)
      return count / ((user + system) / 1_000_000)
    },
  }
}
