import { expect, test } from 'vitest'
import { Problem } from '../problems/problem.ts'
import { RateBuckets } from './rate-bucket.ts'
import { perHour } from './rate-limit.ts'

function buckets(perSecond: number, burst: number, size = 10) {
  const clock = { at: 1_000_000 }
  return { clock, buckets: new RateBuckets('key', { perSecond, burst }, { buckets: size, now: () => clock.at }) }
}

function refusal(take: () => unknown): Problem {
  try {
    take()
  } catch (error) {
    if (error instanceof Problem) return error
  }
  throw new Error('was not refused')
}

test('a burst passes at once, the next request waits for its turn', () => {
  const { buckets: bucket, clock } = buckets(10, 3)
  expect([bucket.take('a'), bucket.take('a'), bucket.take('a')].map((state) => state.remaining)).toEqual([2, 1, 0])
  expect(refusal(() => bucket.take('a'))).toMatchObject({
    code: 'rate_limited',
    members: { policy: 'key', retryAfter: 1, limit: 3, window: 1 },
  })
  clock.at += 100_000
  expect(bucket.take('a').remaining).toBe(0)
})

test('in the long run exactly the rate passes, however hard one tries', () => {
  const { buckets: bucket, clock } = buckets(100, 5)
  let passed = 0
  for (let tick = 0; tick < 10_000; tick += 1) {
    clock.at += 1_000
    try {
      bucket.take('a')
      passed += 1
    } catch {}
  }
  expect(passed).toBeGreaterThanOrEqual(1_000)
  expect(passed).toBeLessThanOrEqual(1_005)
})

test('one caller at its limit takes nothing from another', () => {
  const { buckets: bucket } = buckets(1, 1)
  bucket.take('a')
  refusal(() => bucket.take('a'))
  expect(bucket.take('b').remaining).toBe(0)
})

test('a refused request does not push the next allowed moment further away', () => {
  const { buckets: bucket, clock } = buckets(1, 1)
  bucket.take('a')
  for (let attempt = 0; attempt < 50; attempt += 1) refusal(() => bucket.take('a'))
  clock.at += 1_000_000
  expect(bucket.take('a').remaining).toBe(0)
})

test('what is given back can be taken again', () => {
  const { buckets: bucket } = buckets(10, 2)
  for (let n = 0; n < 50; n += 1) {
    bucket.take('a')
    bucket.giveBack('a')
  }
  expect(bucket.take('a').remaining).toBe(1)
  bucket.giveBack('never seen')
})

test("[FIN-6] who has a limit of his own is held to that, and to nobody else's", () => {
  const { buckets: bucket, clock } = buckets(1, 1)
  const own = perHour(3)
  expect([bucket.take('a', own), bucket.take('a', own), bucket.take('a', own)].map((state) => state.remaining)).toEqual([2, 1, 0])
  expect(refusal(() => bucket.take('a', own)).members).toMatchObject({ limit: 3, window: 3_600, retryAfter: 1_200 })
  clock.at += 1_200_000_000
  expect(bucket.take('a', own).remaining).toBe(0)
  bucket.giveBack('a', own)
  expect(bucket.take('a', own).remaining).toBe(0)
})

test('[FIN-6] a limit that was lowered holds at once, and nobody waits longer than its window for what he had before', () => {
  const { buckets: bucket } = buckets(1, 1)
  for (let n = 0; n < 1_000; n += 1) bucket.take('a', perHour(1_000))
  expect(refusal(() => bucket.take('a', { perSecond: 1, burst: 10 })).members).toMatchObject({ limit: 10, retryAfter: 1 })
})
