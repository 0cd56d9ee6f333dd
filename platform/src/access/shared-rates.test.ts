import { expect, test } from 'vitest'
import { Problem } from '../problems/problem.ts'
import { type LeaseRate, SharedRates } from './shared-rates.ts'

const [mine, yours] = ['018f0000-0000-7000-8000-0000000000a1', '018f0000-0000-7000-8000-0000000000b2']

/** One bucket for all nodes, that never fills again, and a clock that stands. */
function nodes(capacity: number, count = 1) {
  const clock = { at: 0 }
  const left = new Map<string, number>()
  const asked: number[] = []
  const lease: LeaseRate = async (tenantId, _, wanted) => {
    asked.push(wanted)
    const had = left.get(tenantId) ?? capacity
    const granted = Math.min(wanted, had)
    left.set(tenantId, had - granted)
    return { granted, remaining: had - granted, retryAfter: granted < wanted ? 10 : 0, fullIn: 60 }
  }
  const all = Array.from({ length: count }, () => new SharedRates({ policy: 'tenant', lease, window: 60, now: () => clock.at }))
  return { all, asked, clock, left }
}

async function passed(rates: SharedRates, requests: number, times: number, tenantId = mine): Promise<number> {
  const takes = Array.from({ length: times }, async () => rates.take(tenantId, requests))
  const results = await Promise.allSettled(takes)
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'rate_limited', members: { policy: 'tenant' } })
  }
  return results.filter(({ status }) => status === 'fulfilled').length
}

test('[IIOT-14] over all nodes no more than the rate passes, and hardly less, however many ask at once', async () => {
  const { all } = nodes(100, 3)
  const each = await Promise.all(all.map((node) => passed(node, 100, 80)))
  const total = each.reduce((sum, count) => sum + count, 0)
  expect(total).toBeLessThanOrEqual(100)
  // What a node asked for beside those who waited, it may be left with: a fiftieth.
  expect(total).toBeGreaterThanOrEqual(94)
})

test('[IIOT-14] those who come at one moment are asked for together, and a refused tenant costs no question', async () => {
  const { all, asked, clock } = nodes(50)
  const [node] = all as [SharedRates]
  expect(await passed(node, 50, 200)).toBe(50)
  const questions = asked.length
  expect(questions).toBeLessThan(5)
  for (let n = 0; n < 100; n += 1) expect(await passed(node, 50, 1)).toBe(0)
  expect(asked).toHaveLength(questions)
  clock.at += 10_000
  await passed(node, 50, 1)
  expect(asked).toHaveLength(questions + 1)
})

test('[IIOT-14] what a node took and nobody asked for is forgotten after a while, and counts as used', async () => {
  const { all, clock, left } = nodes(1_000)
  const [node] = all as [SharedRates]
  expect(await passed(node, 1_000, 1)).toBe(1)
  expect(left.get(mine)).toBe(979)
  clock.at += 6_000
  await passed(node, 1_000, 1)
  expect(left.get(mine)).toBe(958)
})

test('[IIOT-14] one tenant at its rate takes nothing from another', async () => {
  const { all } = nodes(5)
  const [node] = all as [SharedRates]
  expect(await passed(node, 5, 20)).toBe(5)
  expect(await passed(node, 5, 5, yours)).toBe(5)
})

test('[IIOT-14] a call that was not carried out is given back', async () => {
  const { all } = nodes(3)
  const [node] = all as [SharedRates]
  expect(await passed(node, 3, 3)).toBe(3)
  node.giveBack(mine)
  expect(await passed(node, 3, 3)).toBe(1)
  node.giveBack(yours)
})

test('[IIOT-14] a rate of none refuses at once', () => {
  const { all, asked } = nodes(3)
  expect(() => all[0]?.take(mine, 0)).toThrow(Problem)
  expect(asked).toEqual([])
})

test('[IIOT-14] without the database each node holds the rate by itself', async () => {
  const lease: LeaseRate = () => Promise.reject(new Error('no database'))
  const node = new SharedRates({ policy: 'tenant', lease, window: 60 })
  expect(await passed(node, 7, 50)).toBe(7)
})
