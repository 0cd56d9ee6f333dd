import { NewTenant } from '../../tenants/schemas.ts'
import { checkSlug, slugTaken } from '../../tenants/slug.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { systemAsked } from '../only-system.ts'
import { type OpenServices, withServices } from '../open-services.ts'
import { facts } from '../output.ts'
import { parseInput } from '../parse-input.ts'
import { usage } from '../refusal.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const tenant = parseInput(NewTenant, {
      slug: call.arguments[0],
      name: call.options.text('name'),
      system: systemAsked(call, open.project),
      tier: call.options.text('tier'),
      timeZone: call.options.text('timeZone'),
      locale: call.options.text('locale'),
      billingEmail: call.options.text('billingEmail'),
      phone: call.options.text('phone'),
      parent: call.options.text('parent'),
    })
    if (call.options.dryRun) {
      await refuseImpossible(open, tenant)
      call.out.result({ dryRun: true, tenant }, () => `Would make:\n${facts({ ...tenant })}`)
      return undefined
    }
    const made = await open.services.tenants.provision(tenant, commandLine)
    call.out.result({ dryRun: false, tenant: made }, () =>
      facts({ id: made.id, slug: made.slug, system: made.system, tier: made.tier }),
    )
    call.out.say(`Next, a key for it: tenantry key create ${made.slug} --name first --role owner`)
    return undefined
  })
}

/** What can be known beforehand; the look-alikes of other tenants are judged when it is made. */
async function refuseImpossible(
  { directory, project, services }: OpenServices,
  { slug, system, tier, parent }: { slug: string; system: string; tier?: string | undefined; parent?: string | undefined },
) {
  checkSlug(slug)
  if ((await directory.tenantBySlug(slug)) !== undefined) throw slugTaken(slug)
  const known = project.systems.find(({ name }) => name === system)
  if (known === undefined) throw usage(`--system: one of ${project.systems.map(({ name }) => name).join(', ')}`)
  const { plans } = await services.plans.offered(system)
  const tiers = [...new Set([...Object.keys(known.tiers), ...plans.map(({ key }) => key)])]
  const isKnown = parent === undefined || (await directory.tenantBySlug(parent)) !== undefined
  if (!isKnown) throw usage('--parent: the slug of a tenant')
  if (tier !== undefined && !tiers.includes(tier)) throw usage(`--tier: one of ${tiers.join(', ')}`)
}
