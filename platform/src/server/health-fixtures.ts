import type { Fixtures } from '../isolation/attack/fixture.ts'

/** Figures and codes alone: no text of a tenant's is in them. */
export const healthFixtures: Fixtures = {
  readCurrentTraffic: () => ({ shows: '"windows"' }),
  readCurrentTenantHealth: () => ({ shows: '"activity"' }),
  listTenantHealth: () => ({ shows: '"items"' }),
  readTenantHealth: ({ tenantId }) => ({ params: { tenantId }, shows: '"activity"' }),
}
