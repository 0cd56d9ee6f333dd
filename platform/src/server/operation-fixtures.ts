import type { Fixtures } from '../isolation/attack/fixture.ts'

/** The attack's fixtures for what operators see of the whole installation: numbers and names, and nothing of a tenant's. */
export const operationFixtures: Fixtures = {
  readOverview: () => ({ shows: '"countedAt"' }),
  listJobs: () => ({ shows: '"queues"' }),
  // Nothing failed to the end, so nothing is revived.
  reviveJobs: () => ({
    body: { ids: ['018f0000-0000-7000-8000-0000000000ff'] },
    notReferences: ['/ids/0'],
    look: { path: '/v1/operations/jobs', as: 'operator' },
    shows: '"queues"',
    impossible: 'no job of the attack fails to the end',
  }),
  // What a stream begins with.
  followChanges: () => ({ shows: 'retry: ' }),
  listNodes: () => ({ shows: '"startedAt"' }),
  readOutbox: () => ({ shows: '"waitingTenants"' }),
  listMigrations: () => ({ shows: '0001_installation.sql' }),
  readIsolation: () => ({ shows: '"examination"' }),
  examineIsolation: () => ({ shows: '"verdict"' }),
  readAttack: () => ({
    params: { id: '018f0000-0000-7000-8000-0000000000ff' },
    impossible: 'the report of an attack is there when it is over',
  }),
}
