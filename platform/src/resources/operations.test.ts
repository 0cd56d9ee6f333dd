import { v7 as uuid7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { ResourceRow } from './columns.ts'
import { changeResource, createResource, deleteResource, readResource } from './operations.ts'
import { customers, openShop, orders, type Shop } from './shop.test-support.ts'

let shop: Shop
let mine: TenantScope
let theirs: TenantScope
let ada: ResourceRow

beforeAll(async () => {
  shop = await openShop()
  mine = await shop.tenant()
  theirs = await shop.tenant()
  ada = await createResource(mine, customers, { name: 'Ada', city: 'London' })
})
afterAll(() => shop?.close())

const refusal = (code: string) => expect.objectContaining({ code })

describe('create', () => {
  test('answers what was stored, at version 1', () => {
    expect(ada).toEqual({
      id: expect.any(String),
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.any(String),
      name: 'Ada',
      city: 'London',
      rating: null,
      active: true,
    })
  })

  test('tells the outbox in the same transaction, in the words a client sees', async () => {
    const [event] = await mine.run(
      sql<{ type: string; data: unknown }>`select type, data from tenantry.events where object_id = ${ada.id}`,
    )
    expect(event).toEqual({
      type: 'shop.customer.created',
      data: expect.objectContaining({ name: 'Ada', createdAt: expect.any(String) }),
    })
  })

  test('is audited by the enrolment, without a word in the resource', async () => {
    const entries = await mine.run(sql<{ action: string }>`select action from tenantry.audit_entries where object_id = ${ada.id}`)
    expect(entries).toEqual([{ action: 'shop.customers.created' }])
  })

  test('a unique value that is taken is a conflict that repeats no value', async () => {
    const refused = await createResource(mine, customers, { name: 'Ada' }).catch((error: Error) => error)
    expect(refused).toEqual(refusal('conflict'))
    expect((refused as Error).message).not.toContain('Ada')
  })

  test('stops at the counted quota, naming it', async () => {
    const small = await shop.tenant(1)
    await createResource(small, customers, { name: 'One' })
    await expect(createResource(small, customers, { name: 'Two' })).rejects.toEqual(refusal('quota_exceeded'))
  })

  test("[CRM-5] a reference to another tenant's object is refused like one to nothing", async () => {
    const foreign = await createResource(theirs, customers, { name: 'Grace' })
    const answers = await Promise.all(
      [foreign.id, uuid7()].map((customerId) =>
        createResource(mine, orders, { customerId, amount: 1 }).catch(({ code, message, members }) => ({
          code,
          message,
          members,
        })),
      ),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject({ code: 'not_found', members: { field: 'customerId' } })
  })
})

describe('read', () => {
  test("[CRM-5] another tenant's object is not found, like one that never was", async () => {
    await expect(readResource(theirs, customers, ada.id)).rejects.toEqual(refusal('not_found'))
    await expect(readResource(theirs, customers, uuid7())).rejects.toEqual(refusal('not_found'))
  })
})

describe('change', () => {
  test('changes what is named, counts the version up and tells', async () => {
    const eve = await createResource(mine, customers, { name: 'Eve', city: 'Paris' })
    const changed = await changeResource(mine, customers, eve.id, { city: null, rating: 4.5 }, 1)
    expect(changed).toMatchObject({ name: 'Eve', city: null, rating: 4.5, version: 2 })
    expect(changed.updatedAt > eve.updatedAt).toBe(true)
    const events = await mine.run(
      sql<{ type: string }>`select type from tenantry.events where object_id = ${eve.id} order by version`,
    )
    expect(events.map(({ type }) => type)).toEqual(['shop.customer.created', 'shop.customer.updated'])
  })

  test('at another version changes nothing and says which it is', async () => {
    await expect(changeResource(mine, customers, ada.id, { city: 'Rome' }, 7)).rejects.toMatchObject({
      code: 'precondition_failed',
      members: { version: 1 },
    })
    expect(await readResource(mine, customers, ada.id)).toMatchObject({ city: 'London' })
  })

  test('of two writers who saw the same version one wins', async () => {
    const { id } = await createResource(mine, customers, { name: 'Contested' })
    const outcomes = await Promise.allSettled(['A', 'B', 'C'].map((city) => changeResource(mine, customers, id, { city }, 1)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await readResource(mine, customers, id)).toMatchObject({ version: 2 })
  })

  test('[CRM-2] another tenant changes nothing', async () => {
    await expect(changeResource(theirs, customers, ada.id, { city: 'Rome' }, 1)).rejects.toEqual(refusal('not_found'))
    expect(await readResource(mine, customers, ada.id)).toEqual(ada)
  })
})

describe('delete', () => {
  test('removes the object and what belongs to it, and tells', async () => {
    const gone = await createResource(mine, customers, { name: 'Gone' })
    const order = await createResource(mine, orders, { customerId: gone.id, amount: 3 })
    await deleteResource(mine, customers, gone.id, undefined)
    await expect(readResource(mine, customers, gone.id)).rejects.toEqual(refusal('not_found'))
    await expect(readResource(mine, orders, order.id)).rejects.toEqual(refusal('not_found'))
    const [event] = await mine.run(
      sql`select data from tenantry.events where object_id = ${gone.id} and type = 'shop.customer.deleted'`,
    )
    expect(event).toBeDefined()
  })

  test('at another version, of another tenant, or twice: nothing happens', async () => {
    await expect(deleteResource(mine, customers, ada.id, 9)).rejects.toEqual(refusal('precondition_failed'))
    await expect(deleteResource(theirs, customers, ada.id, undefined)).rejects.toEqual(refusal('not_found'))
    expect(await readResource(mine, customers, ada.id)).toEqual(ada)
  })

  test('gives the quota back', async () => {
    const small = await shop.tenant(1)
    const one = await createResource(small, customers, { name: 'One' })
    await deleteResource(small, customers, one.id, undefined)
    await expect(createResource(small, customers, { name: 'Two' })).resolves.toMatchObject({ name: 'Two' })
  })
})

describe('an actor limited to named objects', () => {
  test('reads what was granted and is told which was not; elsewhere it is not found', async () => {
    const hidden = await createResource(mine, customers, { name: 'Hidden' })
    const limited = await shop.limited(mine, [ada.id])
    expect(await readResource(limited, customers, ada.id)).toEqual(ada)
    await expect(readResource(limited, customers, hidden.id)).rejects.toMatchObject({
      code: 'object_not_granted',
      members: { objectId: hidden.id },
    })
    await expect(readResource(limited, customers, uuid7())).rejects.toEqual(refusal('not_found'))
    const foreign = await createResource(theirs, customers, { name: 'Elsewhere' })
    await expect(readResource(limited, customers, foreign.id)).rejects.toEqual(refusal('not_found'))
  })

  test('cannot change, delete or refer to what was not granted, nor make a new one', async () => {
    const hidden = await createResource(mine, customers, { name: 'Hidden too' })
    const limited = await shop.limited(mine, [ada.id])
    for (const attempt of [
      () => changeResource(limited, customers, hidden.id, { city: 'Rome' }, 1),
      () => deleteResource(limited, customers, hidden.id, undefined),
      () => createResource(limited, orders, { customerId: hidden.id, amount: 1 }),
    ]) {
      await expect(attempt()).rejects.toEqual(refusal('object_not_granted'))
    }
    await expect(createResource(limited, customers, { name: 'New' })).rejects.toEqual(refusal('forbidden'))
    await expect(createResource(limited, orders, { customerId: ada.id, amount: 1 })).resolves.toMatchObject({ amount: 1 })
  })
})
