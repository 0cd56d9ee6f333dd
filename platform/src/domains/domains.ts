import { randomBytes } from 'node:crypto'
import type { Directory } from '../directory/directory.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { checkDomain } from './check-domain.ts'
import { claimableHost } from './claimable-host.ts'
import { createDnsLook, type DnsLook, proofName } from './dns-look.ts'
import type { DnsRecord, Domain } from './domain.ts'
import { type DomainRow, deleteDomain, findDomain, insertDomain, listDomains, primaryHost, setPrimary } from './domain-queries.ts'

/** Of one tenant; each is asked about every hour. */
const mostDomains = 500

export interface DomainService {
  /**
   * Claims a domain. Others may claim it too: who proves it first is served.
   *
   * @throws domain_refused, conflict where the tenant has it already, quota_exceeded
   * @example
   * const { records } = await services.domains.claim(scope, 'cloud.client.co.uk')
   */
  claim(scope: TenantScope, host: string): Promise<Domain>
  list(scope: TenantScope): Promise<Domain[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<Domain>
  /** Looks at its DNS now, instead of when it is due. @throws not_found */
  check(scope: TenantScope, id: string): Promise<Domain>
  /** Whether links in mails are built from it; of a tenant's domains one is primary, or its subdomain. @throws not_found, conflict while it is not served */
  setPrimary(scope: TenantScope, id: string, primary: boolean): Promise<Domain>
  /** It is served no more, at once; nobody else may have it for a week. @throws not_found */
  release(scope: TenantScope, id: string): Promise<void>
  /** The host that links are built from; undefined for the subdomain. */
  primaryHost(scope: TenantScope): Promise<string | undefined>
  readonly look: DnsLook
}

declare module '../http/route.ts' {
  interface Services {
    readonly domains: DomainService
  }
}

export interface DomainServiceOptions {
  readonly directory: Directory
  readonly baseDomain: string
  /** Names and addresses that domains have to lead to; where there are none, the base domain. */
  readonly domainTargets: readonly string[]
  /** Name servers; where there are none, the machine's. */
  readonly dnsServers: readonly string[]
}

export function createDomainService(options: DomainServiceOptions): DomainService {
  const { directory, baseDomain, dnsServers } = options
  const targets = options.domainTargets.length > 0 ? options.domainTargets : [baseDomain]
  const look = createDnsLook({ servers: dnsServers, targets })

  async function findRow(scope: TenantScope, id: string): Promise<DomainRow> {
    const row = await findDomain(scope, id)
    if (row === undefined) throw problems.not_found('There is no such domain.')
    return row
  }

  async function withRecords(scope: TenantScope, rows: readonly DomainRow[]): Promise<Domain[]> {
    const tenant = await directory.tenantById(scope.context.tenantId)
    const alias = options.domainTargets.length > 0 ? targets[0] : `${tenant?.slug}.${baseDomain}`
    return rows.map(({ proof, failures: _, age: __, ...domain }) => ({
      ...domain,
      records: recordsOf(domain.host, proof, alias ?? baseDomain),
    }))
  }

  async function read(scope: TenantScope, id: string): Promise<Domain> {
    const [domain] = await withRecords(scope, [await findRow(scope, id)])
    return domain as Domain
  }

  return {
    look,
    read,
    primaryHost,
    list: async (scope) => withRecords(scope, await listDomains(scope)),

    async claim(scope, text) {
      const host = claimableHost(text, baseDomain)
      const id = await insertDomain(scope, host, randomBytes(20).toString('hex'), mostDomains)
      if (id !== undefined) return read(scope, id)
      const domains = await listDomains(scope)
      const same = domains.find((domain) => domain.host === host)
      if (same !== undefined) throw problems.conflict('You have claimed this domain already.', { domainId: same.id })
      const numbers = { limit: 'domains', max: mostDomains, used: domains.length }
      throw problems.quota_exceeded(`A tenant has at most ${mostDomains} domains.`, numbers)
    },

    async check(scope, id) {
      await checkDomain(scope, look, await findRow(scope, id))
      await directory.catchUp()
      return read(scope, id)
    },

    async setPrimary(scope, id, primary) {
      await findRow(scope, id)
      if (!(await setPrimary(scope, id, primary)) && primary)
        throw problems.conflict('Only a domain that is served can be the primary one.')
      return read(scope, id)
    },

    async release(scope, id) {
      if ((await deleteDomain(scope, id)) === undefined) throw problems.not_found('There is no such domain.')
      await directory.catchUp()
    },
  }
}

function recordsOf(host: string, proof: string, alias: string): DnsRecord[] {
  return [
    { name: proofName(host), type: 'TXT', value: proof, for: 'Shows that the domain is yours' },
    { name: host, type: 'CNAME', value: alias, for: 'Leads your people here' },
  ]
}
