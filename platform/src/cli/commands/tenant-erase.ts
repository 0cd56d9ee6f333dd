import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TenantEntry } from '../../directory/entries.ts'
import { type Erasure, eraseTenant } from '../../tenants/erase-tenant.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { ownerAddress } from '../configured-database.ts'
import { confirm } from '../confirm.ts'
import { findTenant } from '../find-tenant.ts'
import { type OpenServices, withServices } from '../open-services.ts'
import { facts } from '../output.ts'

/** Marks for erasure after the grace period or, with `--now`, removes every row and says how many. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const tenant = await findTenant(open.directory, call.arguments[0] ?? '')
    const now = call.options.flag('now')
    // Asked for before anything is done, so that nothing is half done.
    const adminUrl = now ? ownerAddress(open.addresses) : undefined
    const { id, slug } = tenant
    if (call.options.dryRun) {
      const when = now ? 'at once and for good' : 'after the grace period'
      call.out.result({ dryRun: true, tenant: { id, slug }, now }, () => `${slug} would be erased ${when}.`)
      return undefined
    }
    const consequence = now ? 'is lost at once and for good.' : 'is lost when the grace period is over.'
    await confirm(call.out, `Everything of ${tenant.name} (${slug}) ${consequence}`, slug, call.options.text('yes'))
    await (adminUrl === undefined ? mark(call, open, tenant) : eraseNow(call, open, tenant, adminUrl))
    return undefined
  })
}

/** Milliseconds until no server lets the tenant's keys in any more, so that nothing is written while it is erased. */
const everyNodeKnows = 1_500

async function mark(call: Call, { services }: OpenServices, { id, slug }: TenantEntry): Promise<void> {
  const tenant = await services.tenants.move(id, 'erase', { reason: call.options.required('reason') }, commandLine)
  call.out.result(
    { dryRun: false, tenant, erased: null },
    () => `${slug} is deleted; its rows are erased after ${tenant.eraseAfter}.`,
  )
  call.out.say(`Until then: tenantry tenant restore ${slug} --reason …`)
}

async function eraseNow(call: Call, { services, directory }: OpenServices, { id, slug, status }: TenantEntry, adminUrl: string) {
  if (status !== 'deleted') {
    await services.tenants.move(id, 'erase', { reason: call.options.required('reason') }, commandLine)
    await sleep(everyNodeKnows)
  }
  const { counts } = await erase(adminUrl, id)
  await directory.catchUp()
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
  call.out.result({ dryRun: false, tenant: null, erased: { id, slug, rows, counts } }, () =>
    [`${slug} is erased: ${rows} rows.`, ...(rows === 0 ? [] : [facts(counts)])].join('\n'),
  )
}

async function erase(adminUrl: string, tenantId: string): Promise<Erasure> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'tenantry erase' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await eraseTenant(client, tenantId, { force: true })
  } finally {
    await client.end()
  }
}
