import { expect, test } from 'vitest'
import { MemoryStore } from './memory-store.ts'

const text = 'x'.repeat(400)

test('[CRM-4] a tenant that fills its budget loses its own oldest answers, and nobody else loses any', () => {
  const store = new MemoryStore({ tenantBytes: 10_000, bytes: 1_000_000 })
  store.set('quiet', 'only', text)
  for (let index = 0; index < 1_000; index++) store.set('greedy', `key ${index}`, text)
  expect(store.get('quiet', 'only')).toBe(text)
  expect(store.get('greedy', 'key 0')).toBeUndefined()
  expect(store.get('greedy', 'key 999')).toBe(text)
  expect(store.bytes).toBeLessThanOrEqual(10_000 + 2_000)
})

test('[CRM-4] what is larger than a budget is not kept, and takes the place of nothing', () => {
  const store = new MemoryStore({ tenantBytes: 2_000, bytes: 1_000_000 })
  store.set('one', 'small', text)
  store.set('one', 'large', 'x'.repeat(5_000))
  expect(store.get('one', 'large')).toBeUndefined()
  expect(store.get('one', 'small')).toBe(text)
})

test('[CRM-4] memory stays below its bound; the tenant that asked longest ago goes first', () => {
  const store = new MemoryStore({ tenantBytes: 2_000, bytes: 10_000 })
  for (let index = 0; index < 100; index++) {
    store.set(`tenant ${index}`, 'key', text)
    expect(store.get('tenant 0', 'key')).toBe(text)
    expect(store.bytes).toBeLessThanOrEqual(10_000)
  }
  expect(store.get('tenant 50', 'key')).toBeUndefined()
  expect(store.get('tenant 99', 'key')).toBe(text)
})

test('a value that is written again counts once', () => {
  const store = new MemoryStore({ tenantBytes: 10_000, bytes: 10_000 })
  store.set('one', 'key', text)
  const once = store.bytes
  for (let index = 0; index < 50; index++) store.set('one', 'key', text)
  expect(store.bytes).toBe(once)
})
