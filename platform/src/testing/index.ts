// What an embedding application's tests import: `import { testDatabase } from 'tenantry/testing'`.
export { entitlementsOfPlans } from './entitlements-of-plans.ts'
export { fewConnections } from './few-connections.ts'
export { setup } from './global-setup.ts'
export { type TestCluster, testCluster } from './test-cluster.ts'
export { type TestDatabase, type TestDatabaseOptions, testDatabase } from './test-database.ts'
export { influxMissing, type TestInflux, testInflux } from './test-influx.ts'
