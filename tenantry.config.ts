import { bms } from '@tenantry/bms'
import type { ProjectDefinition } from './platform/src/cli/project.ts'

/** Which systems this installation runs: what `tenantry` and `npm start` load. */
export const systems: ProjectDefinition['systems'] = [bms]

/** What `npm start` shows; loaded only there. */
export const demo: ProjectDefinition['demo'] = {
  seed: async (tenantry) => (await import('@tenantry/bms/demo/seed')).seedDemo(tenantry),
  renewKeys: async (tenantry, tenantId) => (await import('@tenantry/bms/demo/keys')).renewDemoKeys(tenantry, tenantId),
  renewPeople: async (tenantry) => (await import('@tenantry/bms/demo/people')).renewDemoPeople(tenantry),
  simulate: async (options) => (await import('@tenantry/bms/demo/feeds')).startFeeds(options),
}
