import { expect, test } from 'vitest'
import { Consumers } from './consumers.ts'

function consumersAt(start = 0) {
  const clock = { at: start }
  return { clock, consumers: new Consumers(() => clock.at) }
}

test('[CRM-13] who asks most, and who keeps the database busy longest, come first', () => {
  const { consumers } = consumersAt()
  for (let n = 0; n < 10; n += 1) consumers.noteRequest('loud', n < 4 ? 429 : 200)
  consumers.noteRequest('slow', 200)
  consumers.noteDatabaseTime('slow', 900)
  consumers.noteDatabaseTime('loud', 20)
  expect(consumers.top('requests', 1).top).toEqual([{ tenantId: 'loud', requests: 10, refused: 4, databaseMilliseconds: 20 }])
  expect(consumers.top('databaseMilliseconds', 5).top.map(({ tenantId }) => tenantId)).toEqual(['slow', 'loud'])
})

test('[CRM-13] what was asked more than ten minutes ago is not told any more', () => {
  const { consumers, clock } = consumersAt(1_000)
  consumers.noteRequest('early', 200)
  clock.at += 6 * 60_000
  consumers.noteRequest('late', 200)
  expect(consumers.top('requests', 5)).toMatchObject({ since: 1_000, top: [{ tenantId: 'late' }, { tenantId: 'early' }] })
  clock.at += 5 * 60_000
  expect(consumers.top('requests', 5).top.map(({ tenantId }) => tenantId)).toEqual(['late'])
  clock.at += 60 * 60_000
  expect(consumers.top('requests', 5)).toEqual({ since: clock.at, top: [] })
})
