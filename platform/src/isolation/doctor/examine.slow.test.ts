import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine, examineInTransaction } from './examine.ts'
import { openShop, type Shop, withClient } from './testing/shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

describe('the doctor', () => {
  it('is silent on a migrated database with an application of its own in it, whoever asks', async () => {
    for (const url of [shop.database.appUrl, shop.database.adminUrl, shop.database.directoryUrl, shop.database.superuserUrl]) {
      const report = await withClient(url, (client) => examine(client, shop.options))
      expect(report.findings).toEqual([])
      expect(report.verdict).toBe('clean')
      expect(report.enrolled).toBeGreaterThanOrEqual(4)
      expect(report.relations).toBeGreaterThan(report.enrolled)
    }
  })

  it('finds nothing in a fresh database but what belongs to its provider', () => {
    expect(shop.fresh.findings.filter(({ weight }) => weight !== 'outside')).toEqual([])
  })

  it('[CRM-11] examines the own tables of an embedding application', async () => {
    const report = await shop.whileBroken('alter table shop.orders no force row level security', () =>
      examineInTransaction(shop.client, shop.options),
    )
    expect(report.verdict).toBe('leak')
    expect(report.findings.map(({ rule, object }) => [rule, object])).toEqual([['row-security-not-forced', 'shop.orders']])
  })

  it('[CRM-11] examines what is not enrolled in the schemas it is told of', async () => {
    const sql = 'create schema attic; create table attic.orders (tenant_id uuid, total bigint)'
    const asked = await shop.whileBroken(sql, () => examineInTransaction(shop.client, { ...shop.options, schemas: ['attic'] }))
    expect(asked.findings.map(({ rule, object, weight }) => [rule, object, weight])).toEqual([
      ['not-enrolled', 'attic.orders', 'weak'],
    ])
    expect(asked.verdict).toBe('weak')
    const notAsked = await shop.whileBroken(sql, () => examineInTransaction(shop.client, shop.options))
    expect(notAsked.verdict).toBe('clean')
  })

  it('refuses to judge without the record of enrolments', async () => {
    const { appRole } = shop.options
    const report = await shop.whileBroken('revoke select on tenantry.enrolment from :app; set local role :app', () =>
      examineInTransaction(shop.client, shop.options),
    )
    expect(report.verdict).toBe('leak')
    expect(report.findings.find(({ rule }) => rule === 'enrolment-unreadable')?.mend).toContain(`to ${appRole}`)
  })

  it('takes an application’s own reviewed tables and global uniques', async () => {
    const sql = `create table shop.countries (code text); grant select on shop.countries to :app;
      create unique index orders_number on shop.orders (number)`
    const report = await shop.whileBroken(sql, () =>
      examineInTransaction(shop.client, {
        ...shop.options,
        reviewed: [{ relation: 'shop.countries', app: ['select'], why: 'The same for all.' }],
        globalUniques: ['shop.orders.number'],
      }),
    )
    expect(report.findings).toEqual([])
  })

  it.for([
    ['no FORCE', 'alter table shop.orders no force row level security'],
    ['a granted partition', 'grant select on :partition to :app'],
    ['using (true)', 'alter policy tenant_isolation on shop.orders using (true)'],
    [
      'an IMMUTABLE helper',
      `create function shop.frozen() returns uuid language sql immutable as $$ select nullif(current_setting('tenantry.tenant', true), '')::uuid $$;
       alter policy tenant_isolation on shop.orders using (tenant_id = (select shop.frozen())) with check (tenant_id = (select shop.frozen()))`,
    ],
  ] as const)('goes red on the mutation: %s', async ([, sql]) => {
    const report = await shop.whileBroken(sql, () => examineInTransaction(shop.client, shop.options))
    expect(report.verdict).toBe('leak')
  })

  it('accepts what the provider owns, by name, and says when an acceptance is no longer needed', async () => {
    const entry = { rule: 'large-object-functions', object: 'large objects', why: 'Only the provider could revoke them.' }
    const options = { ...shop.options, accepted: [entry] }
    const given = await shop.whileBroken('grant execute on function lo_create(oid) to public', () =>
      examineInTransaction(shop.client, options),
    )
    expect([given.verdict, given.findings, given.stale]).toEqual(['clean', [], []])
    expect(given.accepted.map(({ rule }) => rule)).toEqual(['large-object-functions'])
    const revoked = await withClient(shop.database.appUrl, (client) => examine(client, options))
    expect([revoked.verdict, revoked.stale]).toEqual(['clean', [entry]])
  })

  it('never accepts a leak', async () => {
    const report = await shop.whileBroken('alter table shop.orders disable row level security', () =>
      examineInTransaction(shop.client, {
        ...shop.options,
        accepted: [{ rule: 'row-security-off', object: 'shop.orders', why: 'We are in a hurry.' }],
      }),
    )
    expect(report.verdict).toBe('leak')
  })

  it('weighs what an extension owns as outside', async () => {
    const report = await shop.whileBroken('create extension pg_stat_statements schema shop', () =>
      examineInTransaction(shop.client, shop.options),
    )
    expect(report.findings.map(({ rule, weight }) => [rule, weight])).toEqual([
      ['view-not-invoker', 'outside'],
      ['view-not-invoker', 'outside'],
    ])
    expect(report.verdict).toBe('weak')
  })

  it('leaves nothing behind on the connection', async () => {
    await withClient(shop.database.appUrl, async (client) => {
      const settings = `select current_setting('search_path') as path, current_setting('statement_timeout') as timeout`
      const before = await client.query(settings)
      await examine(client, shop.options)
      expect((await client.query(settings)).rows).toEqual(before.rows)
    })
  })
})
