import { expect, test } from 'vitest'
import { HeldRefusals } from './held-refusals.ts'

function refuseAll(held: HeldRefusals, caller: string, count: number) {
  const told: number[] = []
  const began = performance.now()
  const accepted = Array.from({ length: count }, () => held.tell(caller, () => told.push(performance.now() - began)))
  return { told, accepted }
}

test('who asks too often is told at once, and only who does not stop has to wait', async () => {
  const held = new HeldRefusals()
  const { told } = refuseAll(held, 'a', 60)
  expect(told).toHaveLength(20)
  const other = refuseAll(held, 'b', 1)
  expect(other.told).toHaveLength(1)
  await expect.poll(() => told.length, { timeout: 3_000 }).toBe(60)
  const late = told.slice(20)
  expect(Math.min(...late)).toBeGreaterThan(70)
  expect(Math.max(...late) - Math.min(...late)).toBeGreaterThan(10)
})

test('so many wait and no more', () => {
  const held = new HeldRefusals()
  const { told, accepted } = refuseAll(held, 'a', 1_100)
  expect(accepted.filter((each) => each)).toHaveLength(1_020)
  expect(told).toHaveLength(20)
  expect(refuseAll(held, 'b', 1).told).toHaveLength(1)
  held.releaseAll()
  expect(told).toHaveLength(1_020)
})
