import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EventReader, readEvents } from '../events/event-reader.test-support.ts'
import { type Mailbox, openMailbox } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { join, joinAs, type SignedInMember, startPeopleNode } from '../members/people.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { receiver, until } from '../webhooks/webhooks.test-support.ts'
import { notificationKinds } from './notification-kinds.ts'

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode
let superuser: pg.Client
let north: TestTenant
const streams: EventReader[] = []

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await startPeopleNode(database, { mailUrl: mailbox.url, outboundAllowed: ['127.0.0.1/32'] })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await mailbox?.stop()
  await superuser?.end()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
})
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close()
  await superuser.query(`update tenantry.clock_offset set "offset" = '0'`)
})

const inside = ({ tenant } = north) => node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: randomUUID() } })

/** As whoever makes it happen does: in a transaction of the tenant's. */
async function happen(type: string, data: object = {}, tenant = north): Promise<string> {
  const row = await inside(tenant).first(
    sql<{ id: string }>`select tenantry.emit(${type}, ${tenant.tenant.id}::uuid, ${JSON.stringify(data)}::jsonb) as id`,
    { lane: 'write' },
  )
  return row?.id ?? ''
}

const told = async (who: SignedInMember, query = '') => (await who.call('GET', `/v1/notifications${query}`)).body
const mailsTo = ({ member }: SignedInMember) => mailbox.all.filter(({ to }) => to === member.email)

async function follow(path: string, who: { readonly token: string }, after?: string): Promise<EventReader> {
  const stream = await readEvents(node.port, path, {
    host: north.host,
    key: who.token,
    ...(after === undefined ? {} : { after }),
  })
  streams.push(stream)
  return stream
}

test('[SEC-8] quota, health, suspicion, failed payment, ending trial, past due and cancelled are told in the console and by mail', async () => {
  const ada = await joinAs(node, north, 'owner')
  const all: readonly [string, object, string][] = [
    ['quota.threshold_reached', { meter: 'api_calls', threshold: 80, used: 800, max: 1000 }, '80 % of api_calls are used'],
    ['quota.threshold_reached', { meter: 'api_calls', threshold: 95, used: 950, max: 1000 }, '95 % of api_calls are used'],
    ['quota.threshold_reached', { meter: 'api_calls', threshold: 100, used: 1000, max: 1000 }, '100 % of api_calls are used'],
    ['quota.exceeded', { meter: 'alerts', used: 101, max: 100 }, 'The limit of alerts is exceeded'],
    ['health.critical', { codes: ['errors'] }, 'The health of your tenant is critical'],
    ['security.suspicious', { kind: 'failed_sign_ins', count: 10 }, 'Suspicious activity'],
    ['invoice.failed', { number: 'N-1' }, 'A payment failed'],
    ['subscription.trial_ending', { days: 7, endsAt: '2030-01-01T00:00:00Z' }, 'Your trial ends in 7 days'],
    ['subscription.past_due', {}, 'Your subscription is past due'],
    ['subscription.canceled', {}, 'Your subscription was cancelled'],
  ]
  for (const [type, data] of all) await happen(type, data)
  await until(async () => (await told(ada)).items.length === all.length)
  const { items, unread } = await told(ada)
  expect(items.map(({ title }: { title: string }) => title).sort()).toEqual(all.map(([, , title]) => title).sort())
  expect(unread).toBe(all.length)
  await until(() => mailsTo(ada).length === all.length)
  for (const [, , title] of all) expect(mailsTo(ada).some((mail) => mail.text.includes(title))).toBe(true)
})

test('[SEC-8] the same event goes to the webhooks that want it', async () => {
  const hook = await receiver()
  const body = { url: hook.url, eventTypes: ['quota.*', 'security.suspicious'] }
  await node.call('POST', '/v1/webhooks', { host: 'api.localhost', key: north.key, body })
  const id = await happen('security.suspicious', { kind: 'exports', count: 20 })
  await until(() => hook.received.length === 1)
  expect(hook.received[0]?.body).toMatchObject({ id, type: 'security.suspicious', data: { kind: 'exports' } })
  hook.close()
})

test('an event that is told many times at once notifies each person once, by one mail', async () => {
  const ada = await joinAs(node, north, 'admin')
  const id = await happen('health.critical', { codes: ['errors'] })
  const event = {
    id,
    type: 'health.critical',
    tenantId: north.tenant.id,
    objectId: north.tenant.id,
    version: 1,
    data: {},
    at: new Date().toISOString(),
  }
  await Promise.all(Array.from({ length: 8 }, () => node.tenantry.services.notifications.notify(inside(), event)))
  await until(async () => (await told(ada)).items.length === 1)
  await until(() => mailsTo(ada).length > 0)
  const { rows } = await superuser.query(
    `select (select count(*) from tenantry.mails where tenant_id = $1)::int as waiting,
            (select count(*) from tenantry_jobs.job_common where state < 'active' and name = 'platform.mail')::int as jobs`,
    [north.tenant.id],
  )
  await until(async () => {
    const left = await inside().run(sql`select id from tenantry.mails`)
    return left.length === 0
  })
  expect(mailsTo(ada), JSON.stringify(rows)).toHaveLength(1)
})

test("people are told by role: a manager of quotas, an admin of all, a bookkeeper by the tenant's own role of bills, others of nothing", async () => {
  const south = await tenantWithKey(node, { tier: 'large' })
  const [owner, manager, viewer] = await Promise.all(
    (['owner', 'manager', 'viewer'] as const).map((role) => joinAs(node, north, role)),
  )
  const role = { name: 'Bookkeeper', permissions: ['billing:read'] }
  const { body: bookkeeping } = await (owner as SignedInMember).call('POST', '/v1/roles', { body: role })
  const bookkeeper = await join(node, north, { customRoleId: bookkeeping.id })
  const limited = await join(node, north, { role: 'admin', reach: 'granted' })
  const other = await joinAs(node, south, 'owner')
  await happen('invoice.failed', { number: 'N-1' })
  await happen('quota.exceeded', { meter: 'alerts', used: 2, max: 1 })
  await until(async () => (await told(owner as SignedInMember)).items.length === 2)
  const kinds = async (who: SignedInMember | undefined) =>
    (await told(who as SignedInMember)).items.map(({ kind }: { kind: string }) => kind)
  expect(await kinds(manager)).toEqual(['quota'])
  expect(await kinds(bookkeeper)).toEqual(['payment_failed'])
  expect(await kinds(viewer)).toEqual([])
  expect(await kinds(limited)).toEqual([])
  expect(await kinds(other)).toEqual([])
})

test('who prefers no mail gets none, who prefers mail alone has nothing in the console, in this tenant only', async () => {
  const ada = await joinAs(node, north, 'admin')
  const bob = await joinAs(node, north, 'admin')
  const set = (who: SignedInMember, preferences: object) =>
    who.call('PUT', '/v1/me/notification-preferences', { body: { preferences } })
  expect((await set(ada, { health: { console: true, mail: false } })).body.items).toContainEqual({
    kind: 'health',
    title: expect.any(String),
    console: true,
    mail: false,
  })
  await set(bob, { health: { console: false, mail: true } })
  await happen('health.critical')
  await until(() => mailsTo(bob).length === 1)
  await until(async () => (await told(ada)).items.length === 1)
  expect((await told(bob)).items).toEqual([])
  expect(mailsTo(ada)).toEqual([])
  const refused = await set(ada, { weather: { console: true, mail: true } })
  expect(refused.body.code).toBe('invalid_request')
  expect((await set(ada, {})).body.items.every(({ console, mail }: { console: boolean; mail: boolean }) => console && mail)).toBe(
    true,
  )
})

test('the tenant decides whether notifications go by mail at all, and how they open and close', async () => {
  const ada = await joinAs(node, north, 'admin')
  const set = (key: string, value: unknown, version: number) =>
    ada.call('PUT', `/v1/settings/${key}`, { body: { value }, headers: { 'if-match': `"v${version}"` } })
  await set('notifications.opening', 'Dear customer', 0)
  await set('notifications.closing', 'Your friends of Northwind', 0)
  await happen('health.critical')
  await until(() => mailsTo(ada).length === 1)
  expect(mailsTo(ada)[0]?.text).toMatch(/Dear customer.*critical.*Your friends of Northwind/s)
  expect((await set('notifications.mail', false, 0)).status).toBe(200)
  await happen('invoice.failed', { number: 'N-2' })
  await until(async () => (await told(ada)).items.length === 2)
  expect(await inside().run(sql`select id from tenantry.mails`)).toEqual([])
  expect(mailsTo(ada)).toHaveLength(1)
})

test("what is read is marked, each person's own; pages end where they say; keys have no notifications", async () => {
  const [ada, bob] = await Promise.all([joinAs(node, north, 'admin'), joinAs(node, north, 'admin')])
  for (const number of ['1', '2', '3']) await happen('invoice.failed', { number })
  await until(async () => (await told(ada)).items.length === 3)
  const first = await told(ada, '?limit=2')
  const rest = await told(ada, `?limit=2&cursor=${first.nextCursor}`)
  expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null])
  const [one] = first.items
  const ofBob = (await told(bob)).items[0].id
  const mark = async (ids: readonly string[]) => (await ada.call('POST', '/v1/notifications/read', { body: { ids } })).body
  expect((await mark([one.id, ofBob])).code).toBe('not_found')
  expect((await told(ada)).unread).toBe(3)
  expect(await mark([one.id, one.id])).toEqual({ marked: 1, unread: 2 })
  expect((await told(ada, '?unread=true')).items).toHaveLength(2)
  expect((await ada.call('POST', '/v1/notifications/read', { body: {} })).body).toEqual({ marked: 2, unread: 0 })
  expect((await told(bob)).unread).toBe(3)
  for (const path of ['/v1/notifications', '/v1/me/notification-preferences'])
    expect((await node.call('GET', path, { host: north.host, key: north.key })).status).toBe(403)
  expect((await ada.call('GET', `/v1/notifications?cursor=${Buffer.from('{}').toString('base64url')}`)).body.code).toBe(
    'invalid_cursor',
  )
})

test('notifications come live to their person and to nobody else, and a stream that was cut off resumes where it was', async () => {
  const [ada, bob, viewer] = await Promise.all([
    joinAs(node, north, 'owner'),
    joinAs(node, north, 'owner'),
    joinAs(node, north, 'viewer'),
  ])
  const mine = await follow('/v1/notifications/stream', ada)
  const theirs = await follow('/v1/notifications/stream', viewer)
  await happen('invoice.failed', { number: 'N-1' })
  await until(() => mine.received.length === 1)
  expect(mine.received[0]).toMatchObject({
    event: 'notification',
    data: { kind: 'payment_failed', text: expect.stringContaining('N-1') },
  })
  mine.close()
  await happen('invoice.failed', { number: 'N-2' })
  await until(async () => (await told(ada)).items.length === 2)
  const again = await follow('/v1/notifications/stream', ada, mine.received[0]?.id)
  await until(() => again.received.length === 1)
  await happen('invoice.failed', { number: 'N-3' })
  await until(() => again.received.length === 2)
  expect(again.received.map(({ data }) => data.text)).toEqual([expect.stringContaining('N-2'), expect.stringContaining('N-3')])
  const ids = (await told(ada)).items.map(({ id }: { id: string }) => id)
  expect(ids).toContain(again.received[0]?.data.id)
  expect((await told(bob)).items.map(({ id }: { id: string }) => id)).not.toContain(again.received[0]?.data.id)
  expect(theirs.received).toEqual([])
})

test('a member who is removed is notified no more: his stream ends, and what he was told goes with him', async () => {
  await joinAs(node, north, 'owner')
  const bob = await joinAs(node, north, 'admin')
  await happen('invoice.failed', { number: 'N-1' })
  await until(async () => (await told(bob)).items.length === 1)
  const stream = await follow('/v1/notifications/stream', bob)
  const removed = await node.call('DELETE', `/v1/members/${bob.member.id}`, { host: north.host, key: north.key })
  expect(removed.status, removed.text).toBe(204)
  await until(() => stream.isOver())
  const left = await inside().run(sql`select id from tenantry.notifications where member_id = ${bob.member.id}::uuid`)
  expect(left).toEqual([])
})

test('[SEC-8] [FIN-4] the people of a trial are told seven days and one day before it ends, each time once', async () => {
  const ada = await joinAs(node, north, 'owner')
  const scope = inside()
  // As a plan with a trial begins; no billing is due that would end it meanwhile.
  await scope.run(sql`delete from tenantry.subscriptions`)
  await scope.run(sql`insert into tenantry.subscriptions
      (plan, plan_version, state, billing_interval, currency, price_minor, anchor, time_zone, period_start, period_end, trial_ends_at, usage_sealed_until)
    select 'starter', 1, 'trialing', 'monthly', 'GBP', 0, '2026-01-01T00:00:00', 'UTC', now, now + interval '30 days', now + interval '30 days', now
      from tenantry.clock() now`)
  const look = async (moved: string) => {
    await superuser.query('update tenantry.clock_offset set "offset" = $1', [moved])
    for (let twice = 0; twice < 2; twice++)
      await scope.run(sql`select tenantry.schedule('notifications.trial', ${north.tenant.id}::uuid, tenantry.clock())`, {
        lane: 'write',
      })
    await until(async () => {
      const due = await superuser.query(
        `select 1 from tenantry.work where tenant_id = $1 and kind = 'notifications.trial' and due_at <= tenantry.clock() + interval '1 minute'`,
        [north.tenant.id],
      )
      return due.rows.length === 0
    })
  }
  // By the service: the moved clock has ended his token.
  const { notifications } = node.tenantry.services
  const titles = async () =>
    (await notifications.list(scope, ada.member.id, { unread: false, after: undefined, limit: 50 })).map(({ title }) => title)
  await look('20 days')
  expect(await titles()).toEqual([])
  await look('23 days 1 hour')
  await until(async () => (await titles()).length === 1)
  await look('25 days')
  await look('29 days 1 hour')
  await until(async () => (await titles()).length === 2)
  await look('29 days 2 hours')
  expect(await titles()).toEqual(['Your trial ends in a day', 'Your trial ends in 7 days'])
})

test('whatever an event holds, there is a sentence for it', () => {
  for (const { events, say } of notificationKinds) {
    for (const type of events) {
      for (const data of [{}, { meter: 1, codes: 'x', days: 'many', kind: null, number: {} }]) {
        const { title, text } = say({ type, data })
        expect(`${title} ${text}`).not.toMatch(/undefined|null|\[object/)
        expect(title).not.toBe('')
      }
    }
  }
})
