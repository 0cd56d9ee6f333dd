import { type AttackReport, createTenantry, makeMasterKey, type Tenantry } from 'tenantry'
import { fewConnections, type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testClient } from './client.test-support.ts'
import { type Mistake, notesSystem } from './notes-system.test-support.ts'

const ownRoutes = ['readNoteText', 'listNoteTexts', 'remindOfNote']
/** Those that the resource `notes.note` gets without another word. */
const madeRoutes = ['createNotesNote', 'readNotesNote', 'changeNotesNote', 'deleteNotesNote', 'listNotesNotes']
let database: TestDatabase

beforeAll(async () => {
  const { name, migrations } = notesSystem()
  database = await testDatabase({ systems: [{ name, directory: migrations }] })
})
afterAll(() => database.drop())

const masterKeys = [makeMasterKey()]

async function withApplication<T>(
  mistake: Mistake | undefined,
  work: (tenantry: Tenantry) => Promise<T>,
  more: Parameters<typeof createTenantry>[0]['configuration'] = { masterKeys },
): Promise<T> {
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const systems = [notesSystem(mistake)]
  const configuration = { ...fewConnections, logLevel: 'silent', ...more } as const
  const tenantry = await createTenantry({ databaseUrl, directoryUrl, adminUrl, systems, configuration })
  try {
    return await work(tenantry)
  } finally {
    await tenantry.close()
  }
}

function findingsOf({ findings }: AttackReport): string[] {
  return findings.map(({ kind, operation, attacker, trial, what }) => `${kind} ${operation} ${attacker} ${trial}: ${what}`)
}

describe('[CRM-11] somebody who builds on Tenantry runs doctor and attack on his own tables and routes', () => {
  test('[CRM-2] an honest application whose SQL forgets the tenant holds, with every one of its routes proved', async () => {
    const report = await withApplication(undefined, async (tenantry) => {
      expect((await tenantry.doctor()).findings.filter(({ weight }) => weight !== 'outside')).toEqual([])
      // The platform's own routes are the same in every application: attack.test.ts has them all.
      return tenantry.attack({ only: [...ownRoutes, ...madeRoutes, 'readCurrentTenant'] })
    })
    expect(findingsOf(report)).toEqual([])
    expect(report.verdict).toBe('held')
    expect(report.routes).toEqual(expect.arrayContaining([...ownRoutes, ...madeRoutes, 'readCurrentTenant']))
    expect(report.cells).toMatchObject({ untested: 0, failed: 0 })
  }, 300_000)

  test('the attack takes its tenants and people away again', async () => {
    const left = await testClient(database.superuserUrl, (client) =>
      client.query(`select slug from tenantry.tenants union all select email from identity."user"
        union all select email from tenantry.operators union all select email from tenantry.sign_ups`),
    )
    expect(left.rows).toEqual([])
  })

  test('where nobody can sign in, for want of a master key, the rest is proved and this is said', async () => {
    const only = [...ownRoutes, 'readMe', 'signIn', 'mintToken']
    const report = await withApplication(undefined, (tenantry) => tenantry.attack({ only }), {})
    expect(findingsOf(report)).toEqual([])
    expect(report.attackers).not.toContain('admin')
    expect(report.notApplicable).toContainEqual({ what: 'readMe', why: 'without a master key nobody signs in' })
  })

  test.each<[Mistake, RegExp]>([
    [
      'a cache whose key forgets the tenant',
      /^failed readNoteText owner.* foreign: the answer shows what belongs to the other tenant/m,
    ],
    ['a list remembered for everybody', /^failed listNoteTexts .* the answer shows what belongs to the own tenant/m],
    [
      'a refusal that tells what exists elsewhere',
      /^failed readNoteText owner.* foreign: foreign and absent can be told apart: status/m,
    ],
    [
      'a reference that nobody checks',
      /^failed remindOfNote owner.* id in the body noteId: answered 201 for another tenant's id/m,
    ],
    ['a tenant named in the body', /^failed remindOfNote owner.* id in the body tenantId: answered 201 for another tenant's id/m],
  ])('%s is found', async (mistake, finding) => {
    const report = await withApplication(mistake, (tenantry) => tenantry.attack({ only: ownRoutes }))
    expect(report.verdict).toBe('leaking')
    expect(findingsOf(report).join('\n')).toMatch(finding)
  })

  test.each<[Mistake, RegExp]>([
    ['a route without a fixture', /^untested readNoteText .* give one for readNoteText/m],
    ['a fixture of a route that is gone', /^untested readOldNote .* there is no such route/m],
  ])('%s fails the attack', async (mistake, finding) => {
    const report = await withApplication(mistake, (tenantry) => tenantry.attack({ only: ownRoutes }))
    expect(report.verdict).toBe('untested')
    expect(findingsOf(report).join('\n')).toMatch(finding)
  })

  test('a policy that lets everything through is found by both', async () => {
    const { doctor, attack } = await withApplication(undefined, async (tenantry) => {
      await testClient(database.superuserUrl, (client) => client.query('create policy open on notes.notes using (true)'))
      try {
        return { doctor: await tenantry.doctor(), attack: await tenantry.attack({ only: ownRoutes }) }
      } finally {
        await testClient(database.superuserUrl, (client) => client.query('drop policy open on notes.notes'))
      }
    })
    expect(doctor.verdict).toBe('leak')
    expect(attack.verdict).toBe('leaking')
    expect(findingsOf(attack).join('\n')).toMatch(/readNoteText owner.* foreign/)
  })
})
