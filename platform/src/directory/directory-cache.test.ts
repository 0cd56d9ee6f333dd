import { expect, test } from 'vitest'
import { DirectoryCache } from './directory-cache.ts'

interface Entry {
  readonly id: string
  readonly state: string
}

/** A source of truth whose answers can be held back. */
function source() {
  const truth = new Map<string, Entry>()
  let loads = 0
  let gate = Promise.resolve()
  let fresh = true
  const cache = new DirectoryCache<Entry>({
    size: 3,
    isFresh: () => fresh,
    idOf: (entry) => entry.id,
    load: async (key) => {
      loads += 1
      const read = truth.get(key)
      await gate
      return read
    },
  })
  return {
    truth,
    cache,
    loads: () => loads,
    setFresh: (value: boolean) => {
      fresh = value
    },
    holdBack: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
  }
}

test('what is known is answered at once, without the database', async () => {
  const { truth, cache, loads } = source()
  truth.set('k', { id: '1', state: 'live' })
  await cache.get('k')
  expect(cache.get('k')).toEqual({ id: '1', state: 'live' })
  expect(loads()).toBe(1)
})

test('an absence is remembered too, until anything of its kind changes', async () => {
  const { truth, cache, loads } = source()
  await cache.get('k')
  expect(cache.get('k')).toBeUndefined()
  truth.set('k', { id: '1', state: 'live' })
  cache.forget(['1'])
  expect(await cache.get('k')).toMatchObject({ state: 'live' })
  expect(loads()).toBe(2)
})

test('guessed names are bounded and push out no real entry', async () => {
  const { truth, cache } = source()
  truth.set('k', { id: '1', state: 'live' })
  await cache.get('k')
  for (let guess = 0; guess < 100; guess += 1) await cache.get(`guess ${guess}`)
  expect(cache.get('k')).toMatchObject({ id: '1' })
})

test('what was read before a change is not kept when the change is told first', async () => {
  const { truth, cache } = source()
  truth.set('k', { id: '1', state: 'live' })
  const slow = cache.get('k')
  truth.delete('k')
  cache.forget(['1'])
  expect(await slow).toMatchObject({ state: 'live' })
  expect(await cache.get('k')).toBeUndefined()
})

test('nobody joins a load that began before a change', async () => {
  const { truth, cache, holdBack, loads } = source()
  truth.set('k', { id: '1', state: 'live' })
  const release = holdBack()
  const before = cache.get('k')
  truth.set('k', { id: '1', state: 'revoked' })
  cache.forget(['1'])
  const after = cache.get('k')
  release()
  expect(await after).toMatchObject({ state: 'revoked' })
  await before
  expect(cache.get('k')).toMatchObject({ state: 'revoked' })
  expect(loads()).toBe(2)
})

test('a hundred look-ups at once cost one load', async () => {
  const { truth, cache, loads } = source()
  truth.set('k', { id: '1', state: 'live' })
  await Promise.all(Array.from({ length: 100 }, () => cache.get('k')))
  expect(loads()).toBe(1)
})

test('while the feed is not fresh every look-up asks the database', async () => {
  const { truth, cache, loads, setFresh } = source()
  truth.set('k', { id: '1', state: 'live' })
  await cache.get('k')
  setFresh(false)
  truth.set('k', { id: '1', state: 'revoked' })
  expect(await cache.get('k')).toMatchObject({ state: 'revoked' })
  expect(await cache.get('k')).toMatchObject({ state: 'revoked' })
  expect(loads()).toBe(3)
})

test('a failed load is not remembered', async () => {
  let broken = true
  const cache = new DirectoryCache<Entry>({
    size: 3,
    isFresh: () => true,
    idOf: (entry) => entry.id,
    load: async () => {
      if (broken) throw new Error('no database')
      return { id: '1', state: 'live' }
    },
  })
  await expect(cache.get('k')).rejects.toThrow('no database')
  broken = false
  expect(await cache.get('k')).toMatchObject({ state: 'live' })
})
