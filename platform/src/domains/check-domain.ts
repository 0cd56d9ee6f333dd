import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { recurring } from '../jobs/recurring.ts'
import { Problem } from '../problems/problem.ts'
import { type DnsLook, isNowhere } from './dns-look.ts'
import type { Finding } from './domain.ts'
import { checkKind, type DomainRow, findDomain, lose, noteFinding, noteServed, serve } from './domain-queries.ts'

/** Looks in a row that find a served domain's DNS changed, until it is served no more: one may be a mistake of a name server. */
const mostFailures = 3

/** Every claimed domain, as often as its state asks for; also those that are served, as long as they are. */
export const checkDomains = recurring({
  name: checkKind,
  handle: async ({
    scope,
    ref,
    services,
    signal,
  }: {
    scope: TenantScope
    ref: string
    services: Services
    signal: AbortSignal
  }) => {
    const domain = await findDomain(scope, ref)
    if (domain === undefined || isNowhere(domain.host)) return null
    await checkDomain(scope, services.domains.look, domain, signal)
    const after = await findDomain(scope, ref)
    return after === undefined ? null : secondsUntilNextLook(after)
  },
})

/** One look at the domain's DNS, and what follows from it. */
export async function checkDomain(scope: TenantScope, look: DnsLook, domain: DomainRow, signal?: AbortSignal): Promise<void> {
  const finding = await look(domain, signal)
  if (finding === undefined) {
    if (domain.state === 'served') await noteServed(scope, domain.id)
    else await tryToServe(scope, domain)
    return
  }
  if (finding === 'dns_failed') return void (await noteFinding(scope, domain.id, finding, domain.failures))
  const failures = domain.failures + 1
  if (domain.state === 'served' && failures >= mostFailures) await lose(scope, domain, finding)
  else await noteFinding(scope, domain.id, finding, failures)
}

async function tryToServe(scope: TenantScope, domain: DomainRow): Promise<void> {
  try {
    await serve(scope, domain)
  } catch (error) {
    const finding = obstacleOf(error)
    if (finding === undefined) throw error
    await noteFinding(scope, domain.id, finding, domain.failures)
  }
}

function obstacleOf(error: unknown): Finding | undefined {
  if (!(error instanceof Problem)) return undefined
  if (error.code === 'host_resting') return 'resting'
  return error.code === 'conflict' ? 'served_elsewhere' : undefined
}

/** Often while somebody sits before it, seldom after a day, not at all after a month in vain. */
export function secondsUntilNextLook({ state, failures, age }: Pick<DomainRow, 'state' | 'failures' | 'age'>): number | null {
  if (state === 'served') return failures === 0 ? 3_600 : 300
  if (age < 3_600) return 60
  if (age < 86_400) return 600
  return state === 'lost' || age < 30 * 86_400 ? 3_600 : null
}
