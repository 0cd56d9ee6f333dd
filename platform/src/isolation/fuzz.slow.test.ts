import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Isolation } from './isolation.ts'
import { actor, type Notes, notesDatabase } from './notes.test-support.ts'
import { sql } from './statement.ts'
import type { TenantScope } from './tenant-scope.ts'

const requests = 100_000
const inFlight = 200
const tenants = 12

let notes: Notes
beforeAll(async () => {
  notes = await notesDatabase()
})
afterAll(() => notes.close())

/** The same numbers each time, so that what is found can be found again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface Seen {
  readonly tenantId: string
}

const someNotes = (limit: number) => sql<Seen>`select tenant_id, title from notes.notes limit ${limit}`
const ofWhom = sql<Seen>`select tenant_id from notes.notes union all select tenantry.tenant_id() limit 20`
const addNote = (title: string) => sql<Seen>`insert into notes.notes (title) values (${title}) returning tenant_id`
const division = sql<Seen>`select 1 / (random() * 0)::int as n`
const dynamic = (n: number): { text: string; values: []; row?: Seen } => ({
  text: `select tenant_id, ${n} as n from notes.notes limit 3`,
  values: [],
})

/** One request of a tenant, of one of the kinds there are; the rows it saw. */
async function request(scope: TenantScope, random: (below: number) => number): Promise<readonly Seen[]> {
  const kind = random(100)
  const title = `fuzz ${random(1_000_000_000)}`
  if (kind < 45) return scope.run(someNotes(1 + random(5)))
  if (kind < 55) return scope.run(ofWhom)
  if (kind < 62) return scope.run(dynamic(random(600)))
  if (kind < 70) return scope.run(addNote(title))
  if (kind < 75) return scope.run(division)
  if (kind < 78) return scope.run(addNote('taken'))
  if (kind < 83) return (await scope.batch([addNote(title), someNotes(3)])).flat()
  if (kind < 86) return (await scope.batch([addNote(title), division])).flat()
  if (kind < 92) {
    return scope.transaction(async (inner) => {
      const seen = [...(await inner.run(addNote(title))), ...(await inner.run(someNotes(2)))]
      if (kind === 86) throw new Error('changed my mind')
      if (kind === 87) await inner.run(division).catch(() => undefined)
      if (kind === 88) await inner.transaction((nested) => nested.run(division)).catch(() => undefined)
      return seen
    })
  }
  if (kind < 94) {
    const seen: Seen[] = []
    for await (const row of scope.stream(someNotes(20), { batchSize: 4 })) {
      seen.push(row)
      if (kind === 92 && seen.length === 6) break
    }
    return seen
  }
  return scope.run(someNotes(2), { lane: kind < 97 ? 'slow' : 'write' })
}

async function seed(isolation: Isolation): Promise<readonly string[]> {
  const ids: string[] = []
  for (let n = 0; n < tenants; n++) {
    const scope = await notes.tenant(isolation, 20)
    await scope.run(addNote('taken'))
    ids.push(scope.context.tenantId)
  }
  return ids
}

test.each([
  { clients: 1, share: 0.3 },
  { clients: 2, share: 0.3 },
  { clients: 5, share: 0.4 },
])('no foreign row in $share of 100,000 requests over lanes of $clients', { timeout: 300_000 }, async ({ clients, share }) => {
  const each = Math.min(clients, 5)
  const lane = { clients: each, waitingPerTenant: 1_000, longestWait: 60_000 }
  const isolation = notes.isolation({ lanes: { read: lane, write: lane, slow: lane, interactive: lane } })
  const ids = await seed(isolation)
  const random = randomNumbers(clients)
  const outcomes: Record<string, number> = {}
  const foreign: unknown[] = []
  let left = requests * share

  const terminate = setInterval(() => {
    void notes.superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'tenantry %' order by random() limit 1`,
    )
  }, 150)

  const worker = async () => {
    while (left-- > 0) {
      const tenantId = ids[random(ids.length)] as string
      const stop = new AbortController()
      if (random(50) === 0) setTimeout(() => stop.abort(new Error('aborted')), random(20))
      const scope = isolation.scope({ tenantId, actor, signal: stop.signal })
      try {
        const rows = await request(scope, random)
        for (const row of rows) if (row.tenantId !== tenantId && row.tenantId !== undefined) foreign.push({ tenantId, row })
        outcomes.answered = (outcomes.answered ?? 0) + 1
      } catch (error) {
        const name = (error as { code?: string }).code ?? (error as Error).message
        outcomes[name] = (outcomes[name] ?? 0) + 1
      }
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  clearInterval(terminate)

  expect(foreign).toEqual([])
  const expected = ['answered', 'invalid_request', 'conflict', 'aborted', 'changed my mind', 'unavailable', 'outcome_unknown']
  expect(Object.keys(outcomes).filter((name) => !expected.includes(name))).toEqual([])
  expect(outcomes.answered).toBeGreaterThan(requests * share * 0.75)
  for (const lane of Object.values(isolation.statistics())) expect(lane).toMatchObject({ inFlight: 0, waiting: 0 })
  const { rows: sessions } = await notes.superuser.query(
    "select state, query from pg_stat_activity where datname = current_database() and application_name like 'tenantry %' and state <> 'idle'",
  )
  expect(sessions).toEqual([])
  console.log(JSON.stringify({ clients, outcomes }))
})
