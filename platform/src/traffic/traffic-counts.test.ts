import { expect, test } from 'vitest'
import { quantileOf, TrafficCounts } from './traffic-counts.ts'

const ended = { status: 200, problem: undefined, milliseconds: 3, received: 0, signedIn: false }

test('a refusal by a quota is told apart from what the client did wrong, and both from what we did', () => {
  const counts = new TrafficCounts()
  counts.add(ended)
  counts.add({ ...ended, status: 404 })
  counts.add({ ...ended, status: 429, problem: 'rate_limited' })
  counts.add({ ...ended, status: 429, problem: 'quota_exceeded' })
  counts.add({ ...ended, status: 503 })
  expect(counts).toMatchObject({ requests: 5, clientErrors: 2, quotaRefusals: 1, serverErrors: 1 })
})

test('a quantile lies within the bounds of the request it is about', () => {
  const counts = new TrafficCounts()
  expect(quantileOf(counts.durations, 0.95)).toBeNull()
  for (let index = 0; index < 90; index++) counts.add({ ...ended, milliseconds: 3 })
  for (let index = 0; index < 10; index++) counts.add({ ...ended, milliseconds: 200 })
  expect(quantileOf(counts.durations, 0.5)).toBeLessThanOrEqual(5)
  expect(quantileOf(counts.durations, 0.95)).toBeGreaterThan(100)
  expect(quantileOf(counts.durations, 0.95)).toBeLessThanOrEqual(250)
})

test('what took longer than the longest bound is not lost', () => {
  const counts = new TrafficCounts()
  counts.add({ ...ended, milliseconds: 60_000 })
  expect(counts.durations.at(-1)).toBe(1)
  expect(quantileOf(counts.durations, 0.95)).toBe(10_000)
})
