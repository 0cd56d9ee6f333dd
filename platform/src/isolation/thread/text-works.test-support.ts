// Loaded by the thread, too.
import { isMainThread, threadId } from 'node:worker_threads'
import { problems } from '../../problems/catalogue.ts'
import { sql } from '../statement.ts'
import { textWork } from './text-work.ts'

/** Which thread it is, and the titles that the scope sees. */
export const titles = textWork(import.meta.url, 'titles', async function* (scope, _told: undefined) {
  yield `${threadId}`
  for await (const { title } of scope.stream(sql<{ title: string }>`select title from notes.notes order by id`)) yield title
})

export const refused = textWork(import.meta.url, 'refused', async function* (_scope, told: { after: number }) {
  for (let n = 0; n < told.after; n++) yield `${n}`
  throw problems.range_too_wide('Too much.', { limit: 5 })
})

export const broken = textWork(import.meta.url, 'broken', async function* (_scope, _told: undefined) {
  yield 'begun'
  throw new TypeError('no such thing')
})

/** So many numbers, as fast as they are taken, in a snapshot of the slow lane. */
export const numbers = textWork(import.meta.url, 'numbers', async function* (scope, told: { count: number }) {
  const each = sql<{ n: number }>`select n from generate_series(1, ${told.count}::int) n`
  for await (const { n } of scope.stream(each, { batchSize: 1 })) yield `${n}`
})

/** PostgreSQL has nothing to do with it. */
export const words = textWork(import.meta.url, 'words', async function* (_scope, told: { count: number }) {
  for (let n = 0; n < told.count; n++) yield `${n}`
})

/** The thread ends in the middle of it, as for want of memory. */
export const fatal = textWork(import.meta.url, 'fatal', async function* (_scope, _told: undefined) {
  yield 'begun'
  if (!isMainThread) process.exit(1)
})

export const unreadable = textWork(import.meta.url, 'unreadable', async function* (scope, _told: undefined) {
  await scope.run(sql`select 1 / 0`, { lane: 'slow' })
  yield 'never'
})
