import { v7 as uuid7 } from 'uuid'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { type ContextStatement, contextOf, contextStatements, writingValues } from './context-statement.ts'
import { Exchange, type ExchangePlan } from './exchange.ts'
import { Lane, type LaneTicket } from './lane.ts'
import { defaultLanes } from './lane-settings.ts'
import { actor, allNotes, type Notes, notesDatabase } from './notes.test-support.ts'
import { ScopeClient } from './scope-client.ts'
import { controlStatement, factsOf } from './statement-facts.ts'
import { Step } from './step.ts'

/**
 * Each rule that keeps tenants apart on a shared connection, once as it is and once broken on purpose: the same question that finds
 * nothing the first time must find the other tenant's rows the second time, or it would not notice if the rule were lost.
 */

let notes: Notes
let owner: string
const opened: ScopeClient[] = []

beforeAll(async () => {
  notes = await notesDatabase()
  owner = (await notes.tenant(notes.isolation(), 3)).context.tenantId
})
afterEach(() => {
  for (const client of opened.splice(0)) client.destroy(new Error('the test is over'))
})
afterAll(() => notes.close())

const rules = [
  { rule: 'kept', found: 0 },
  { rule: 'broken', found: 3 },
] as const

async function openClient(prepared = true): Promise<ScopeClient> {
  const client = await ScopeClient.open({
    url: notes.url,
    name: 'tenantry test',
    prepared,
    startup: {},
    clock: systemClock,
    connectTimeout: 2_000,
    onEnd: () => undefined,
  })
  opened.push(client)
  return client
}

function send(client: ScopeClient, plan: Omit<ExchangePlan, 'patience'>): Promise<Exchange> {
  return new Promise((resolve) => client.send(new Exchange({ ...plan, patience: 5_000 }, resolve)))
}

function contextOfOwner(statement: ContextStatement) {
  return { statement, values: writingValues(contextOf({ tenantId: owner, actor }), false), ofLane: ['3000'] }
}

const selectNotes = () => new Step(factsOf(allNotes.text))

/** How many rows somebody without any context finds who comes next on the connection. */
async function foundByTheNext(client: ScopeClient, exclusive = false): Promise<number> {
  const step = selectNotes()
  const { failure } = await send(client, { steps: [step], exclusive })
  return failure ? 0 : step.rows.length
}

test.each(rules)('settings that end with the transaction: $rule', async ({ rule, found }) => {
  const client = await openClient(false)
  const { lean, withLane } = contextStatements.writing
  const forSession = { lean, withLane: { ...withLane, text: withLane.text.replaceAll(', true)', ', false)') } }
  const step = selectNotes()
  await send(client, { context: contextOfOwner(rule === 'kept' ? contextStatements.writing : forSession), steps: [step] })
  expect(step.rows).toHaveLength(3)
  expect(await foundByTheNext(client)).toBe(found)
})

test.each(rules)('no transaction stays open behind a batch on a shared connection: $rule', async ({ rule, found }) => {
  const client = await openClient()
  const begin = send(client, {
    opening: [new Step(controlStatement('begin'))],
    context: contextOfOwner(contextStatements.writing),
    steps: [selectNotes()],
    exclusive: rule === 'broken',
  })
  // Sent at once, as the next tenant's would be on a pipelined connection.
  const next = foundByTheNext(client, rule === 'broken')
  await begin
  expect(await next).toBe(found)
  expect(client.usable).toBe(rule === 'broken')
})

test.each(rules)('a client in doubt is destroyed, not released: $rule', async ({ rule, found }) => {
  const lane = new Lane({
    name: 'interactive',
    settings: { ...defaultLanes.interactive, clients: 1 },
    clock: systemClock,
    open: async (onEnd) => {
      const client = await ScopeClient.open({
        url: notes.url,
        name: 'tenantry test',
        prepared: true,
        startup: {},
        clock: systemClock,
        connectTimeout: 2_000,
        onEnd,
      })
      opened.push(client)
      if (rule === 'broken') Object.defineProperty(client, 'clean', { get: () => true })
      return client
    },
    onFailure: () => undefined,
  })
  const lease = (tenantId: string) =>
    new Promise<{ client: ScopeClient; leave: () => void }>((resolve, reject) => {
      const ticket: LaneTicket = {
        tenantId,
        signal: undefined,
        since: 0,
        start: (client) => resolve({ client, leave: () => lane.leave(ticket, client) }),
        refuse: reject,
      }
      lane.enter(ticket)
    })

  const first = await lease(owner)
  await send(first.client, {
    opening: [new Step(controlStatement('begin'))],
    context: contextOfOwner(contextStatements.writing),
    steps: [selectNotes()],
    exclusive: true,
  })
  first.leave()
  const second = await lease(uuid7())
  const step = selectNotes()
  await send(second.client, { steps: [step], exclusive: true })
  second.leave()
  expect(step.rows).toHaveLength(found)
  await lane.close(100)
})
