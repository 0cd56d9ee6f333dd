import { expect, test } from 'vitest'
import { HeardChanges, markOf } from './heard-changes.ts'

const change = (tenantId: string, kind: string, xid: bigint) => ({ kind, tenantId, objectId: undefined, xid })
const marks = [markOf('tenantry.members')]

test('[CRM-4] an entry is believed until a change of what it was made of, and one dated after that change again', () => {
  const heard = new HeardChanges(100n)
  expect(heard.believes('a', 100n, marks)).toBe(true)
  heard.hear([change('a', 'tenantry.members', 120n)])
  expect(heard.believes('a', 110n, marks)).toBe(false)
  // Of the same date it may have read before that transaction committed.
  expect(heard.believes('a', 120n, marks)).toBe(false)
  expect(heard.believes('a', 121n, marks)).toBe(true)
  expect(heard.believes('b', 110n, marks)).toBe(true)
  expect(heard.believes('a', 110n, [markOf('tenantry.api_keys')])).toBe(true)
})

test('[CRM-4] a transaction that commits late outdates what was dated after it began', () => {
  const heard = new HeardChanges(100n)
  heard.hear([change('a', 'tenantry.members', 150n), change('a', 'tenantry.members', 130n)])
  expect(heard.believes('a', 140n, marks)).toBe(false)
})

test('[CRM-4] what is older than the node, or than what it missed, is not believed', () => {
  const heard = new HeardChanges(100n)
  expect(heard.believes('a', 99n, marks)).toBe(false)
  heard.begin(500n)
  expect(heard.believes('a', 499n, marks)).toBe(false)
  expect(heard.believes('a', 500n, marks)).toBe(true)
  expect(new HeardChanges(undefined).believes('a', 500n, marks)).toBe(false)
})

test('[CRM-4] what had to be forgotten is not believed; a tenant with many changes costs no other its entries', () => {
  const heard = new HeardChanges(0n)
  heard.hear([change('a', 'tenantry.members', 10n)])
  heard.hear(Array.from({ length: 300 }, (_, index) => change('a', `kind ${index}`, BigInt(20 + index))))
  expect(heard.believes('a', 10n, marks)).toBe(false)
  expect(heard.believes('a', 400n, marks)).toBe(true)
  expect(heard.believes('b', 10n, marks)).toBe(true)
})

test('[CRM-4] the tenants that a node forgot are not believed by what it forgot', () => {
  const heard = new HeardChanges(0n, 2)
  heard.hear(['a', 'b', 'c'].map((tenantId, index) => change(tenantId, 'tenantry.members', BigInt(10 + index))))
  expect(heard.believes('a', 10n, marks)).toBe(false)
  expect(heard.believes('a', 11n, marks)).toBe(true)
})
