import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examineInTransaction } from './examine.ts'
import type { Finding, Report } from './report.ts'
import { requiredVersion } from './rules/server.ts'
import { rules } from './rules.ts'
import { type BadSchema, badSchemas } from './testing/bad-schemas.ts'
import { openShop, type Shop } from './testing/shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const examineShop = (): Promise<Report> => examineInTransaction(shop.client, shop.options)

const namesOf = (findings: readonly Finding[]): string[] => [...new Set(findings.map((finding) => finding.rule))].sort()

describe('a rule', () => {
  it.for<BadSchema>(badSchemas)('$rule sees $title, alone, and prints what mends it', async (bad) => {
    await shop.whileBroken(bad.sql, async () => {
      const { findings } = await examineShop()
      expect(namesOf(findings), JSON.stringify(findings, null, 2)).toEqual([bad.rule, ...(bad.also ?? [])].sort())
      expect(findings.find(({ rule }) => rule === bad.rule)?.weight).toBe(rules.find(({ name }) => name === bad.rule)?.weight)
      if (bad.mendIsNotRun !== undefined) return

      // From the last to the first: a key before the index it leans on.
      for (const { mend } of findings.toReversed()) await shop.client.query(mend)
      expect((await examineShop()).findings, findings.map(({ mend }) => mend).join('; ')).toEqual([])
    })
  })

  it('role-missing sees a role that does not exist', async () => {
    const { findings } = await examineInTransaction(shop.client, { ...shop.options, directoryRole: 'nobody_at_all' })
    expect(findings.map(({ rule, object, weight }) => ({ rule, object, weight }))).toContainEqual({
      rule: 'role-missing',
      object: 'role nobody_at_all',
      weight: 'leak',
    })
  })

  it('grant-maintain sees MAINTAIN where it exists', async ({ skip }) => {
    const { rows } = await shop.client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
    if ((rows[0]?.version ?? 0) < 170000) skip('MAINTAIN came with PostgreSQL 17')
    const { findings } = await shop.whileBroken('grant maintain on shop.orders to :app', examineShop)
    expect(namesOf(findings)).toEqual(['grant-maintain'])
  })

  it.for([
    [140018, '15.14'],
    [150013, '15.14'],
    [150014, undefined],
    [160009, '16.10'],
    [160010, undefined],
    [170005, '17.6'],
    [170010, undefined],
    [180000, undefined],
  ] as const)('version-floor knows what server %i must become', ([version, required]) => {
    expect(requiredVersion(version)).toBe(required)
    const finding = rules.find(({ name }) => name === 'version-floor')?.finding({ version })
    expect(finding === false).toBe(required === undefined)
  })

  it('has a bad schema of its own, and a name and reason like no other', () => {
    const elsewhere = ['role-missing', 'grant-maintain', 'version-floor']
    expect([...new Set(badSchemas.map((bad) => bad.rule)), ...elsewhere].sort()).toEqual(rules.map(({ name }) => name).sort())
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
    expect(new Set(rules.map(({ why }) => why)).size).toBe(rules.length)
  })
})
