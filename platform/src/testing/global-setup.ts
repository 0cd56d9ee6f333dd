import { sweepTestClusters, testCluster } from './test-cluster.ts'
import { embeddedServerVariable } from './test-server.ts'

/** Vitest runs it once, before the first test file: an embedded server for all of them, unless `TEST_DATABASE_URL` names one. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_DATABASE_URL !== undefined) return undefined
  await sweepTestClusters()
  const cluster = await testCluster()
  process.env[embeddedServerVariable] = cluster.superuserUrl
  return cluster.stop
}
