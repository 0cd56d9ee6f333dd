import { afterAll, beforeAll, expect, test } from 'vitest'
import { countNotes, type Notes, notesDatabase, pause } from './notes.test-support.ts'
import { TenantGate, type Ticket } from './tenant-gate.ts'

interface Numbered extends Ticket {
  readonly number: number
}

const ticket = (tenantId: string, number: number): Numbered => ({ tenantId, number, since: number })
const gateOf = (perTenant: number, waitingPerTenant = 100) => new TenantGate<Numbered>({ perTenant, waitingPerTenant })
const drain = (gate: TenantGate<Numbered>) => {
  const order: string[] = []
  for (let next = gate.next(); next; next = gate.next()) {
    order.push(`${next.tenantId}${next.number}`)
    gate.leave(next.tenantId)
  }
  return order
}

test('no more of a tenant than its share is let through', () => {
  const gate = gateOf(2)
  expect([1, 2, 3].map((number) => gate.tryEnter(ticket('a', number)))).toEqual([true, true, false])
  expect(gate.tryEnter(ticket('b', 1))).toBe(true)
  gate.leave('a')
  expect(gate.tryEnter(ticket('a', 3))).toBe(true)
})

test("a tenant's own go in the order they came, and tenants take turns", () => {
  const gate = gateOf(1)
  for (const number of [1, 2, 3]) gate.wait(ticket('a', number))
  for (const number of [1, 2]) gate.wait(ticket('b', number))
  gate.wait(ticket('c', 1))
  expect(drain(gate)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect([gate.inFlight, gate.waiting]).toEqual([0, 0])
})

test('nobody who comes later slips past one who waits', () => {
  const gate = gateOf(1)
  gate.wait(ticket('a', 1))
  expect(gate.tryEnter(ticket('b', 1))).toBe(false)
})

test('one that goes again goes in front of its own', () => {
  const gate = gateOf(1)
  gate.wait(ticket('a', 1))
  gate.wait(ticket('a', 2), true)
  expect(drain(gate)).toEqual(['a2', 'a1'])
})

test('one that is taken out of the queue is not let through, nor counted', () => {
  const gate = gateOf(1)
  const [first, second] = [ticket('a', 1), ticket('a', 2)]
  gate.wait(first)
  gate.wait(second)
  expect([gate.remove(first), gate.remove(first)]).toEqual([true, false])
  expect(drain(gate)).toEqual(['a2'])
})

test('a full queue takes no more', () => {
  const gate = gateOf(1, 2)
  expect([1, 2, 3].map((number) => gate.wait(ticket('a', number)))).toEqual([true, true, false])
  expect(gate.wait(ticket('b', 1))).toBe(true)
})

test('those that wait since before a moment are taken out, and their tenants forgotten', () => {
  const gate = gateOf(1)
  for (const number of [1, 5, 9]) gate.wait(ticket('a', number))
  expect(gate.removeBefore(6).map((late) => late.number)).toEqual([1, 5])
  expect(drain(gate)).toEqual(['a9'])
})

let notes: Notes
beforeAll(async () => {
  notes = await notesDatabase()
})
afterAll(() => notes.close())

test("a tenant that floods a lane does not keep another's reads waiting behind all of its own", async () => {
  const isolation = notes.isolation({ lanes: { read: { clients: 4, depth: 4, perTenant: 8 } } })
  const [greedy, modest] = [await notes.tenant(isolation, 1), await notes.tenant(isolation, 1)]
  await modest.run(countNotes)
  let answered = 0
  const flood = Array.from({ length: 300 }, () => greedy.run(pause(0.005)).then(() => answered++))
  for (let turn = 0; turn < 5; turn++) await modest.run(countNotes)
  expect(answered).toBeLessThan(150)
  await Promise.all(flood)
})
