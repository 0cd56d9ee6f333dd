import { createAddressListService } from '../access/address-lists.ts'
import { createAuditProofService } from '../audit/audit-proof.ts'
import { createBillingService } from '../billing/billing.ts'
import { createBrandingService } from '../branding/branding.ts'
import { createBulkService } from '../bulk/bulk.ts'
import type { CacheStore } from '../cache/cache-store.ts'
import { createCacheService } from '../cache/tenant-cache.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { platformVersion } from '../configuration/version.ts'
import type { Directory } from '../directory/directory.ts'
import { createDomainService } from '../domains/domains.ts'
import { createEventLog } from '../events/event-log.ts'
import type { Services } from '../http/route.ts'
import { createIdentityService } from '../identity/create-identity.ts'
import type { OpenRealm } from '../identity/realm-scope.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { createJobService } from '../jobs/jobs.ts'
import { createKeyService } from '../keys/keys.ts'
import { createLimitService } from '../limits/limits.ts'
import { createMailService } from '../mail/mail.ts'
import { transportTo } from '../mail/mail-transport.ts'
import { createAcceptanceService } from '../members/acceptance.ts'
import { createAuthorities } from '../members/authority.ts'
import { copyName } from '../members/copy-name.ts'
import { createRoleService } from '../members/custom-roles.ts'
import { createInvitationService } from '../members/invitations.ts'
import { createMemberService } from '../members/members.ts'
import { createSignUpService } from '../members/sign-ups.ts'
import { createNotificationService } from '../notifications/notifications.ts'
import { createSuspicionService } from '../notifications/suspicion.ts'
import { createBackgroundWorkService } from '../operations/background-work.ts'
import { createChangeHints } from '../operations/change-hints.ts'
import { createIsolationReportService, type Examiner } from '../operations/isolation-reports.ts'
import { createNodeService } from '../operations/nodes.ts'
import { createOverviewService } from '../operations/overview.ts'
import type { Consumers } from '../operators/consumers.ts'
import { createOperatorService } from '../operators/operators.ts'
import { createSavedViewService } from '../operators/saved-views.ts'
import { createTopConsumerService } from '../operators/top-consumers.ts'
import { authoritiesOf } from '../outbound/authorities.ts'
import { createOutbound } from '../outbound/outbound.ts'
import { createPlanService } from '../plans/plans.ts'
import { createQuotaService } from '../quotas/quotas.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { createSecretService } from '../secrets/secrets.ts'
import { createSettingService } from '../settings/settings.ts'
import type { SystemDefinition } from '../system.ts'
import { createLivePoints } from '../telemetry/live/live-points.ts'
import { createPointService } from '../telemetry/point-service.ts'
import { createTenantHealth } from '../tenant-health/tenant-health.ts'
import { createTenantStats } from '../tenants/tenant-stats.ts'
import { createTenantService } from '../tenants/tenants.ts'
import { createClientCredentialService } from '../tokens/client-credentials.ts'
import { createOperatorAccessService } from '../tokens/operator-access.ts'
import { createSigningKeys } from '../tokens/signing-keys.ts'
import { createTokenService, type TokenHosts } from '../tokens/tokens.ts'
import { createTrafficService } from '../traffic/traffic.ts'
import { createUsageService } from '../usage/usage.ts'
import { createViewService } from '../views/views.ts'
import { createWebhookService } from '../webhooks/webhooks.ts'
import type { Hosts } from './hosts.ts'

export interface ServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  /** The door to persons, as the identity role. */
  readonly openRealm: OpenRealm
  /** Of the configuration's master keys. */
  readonly secrets: SecretBox
  readonly hosts: TokenHosts & Pick<Hosts, 'isPlatforms'>
  /** Where tenants may have us call; without it, public addresses over https. */
  readonly outbound?: Pick<Configuration, 'outboundAllowed' | 'outboundAuthorities'>
  /** Where points lie; without it, in PostgreSQL. */
  readonly influxUrl?: string | undefined
  /** Below which tenants have their hosts. */
  readonly baseDomain: string
  /** What domains of tenants' own have to lead to, and who is asked about them. */
  readonly domainTargets: readonly string[]
  readonly dnsServers: readonly string[]
  /** Who takes how much of this node. */
  readonly consumers: Consumers
  /** Failed sign-ins of one network within a quarter of an hour. */
  readonly networkAttempts: number
  /** Invitations that one tenant sends in an hour. */
  readonly tenantInvitations: number
  /** Where mail goes; without it, to the console. */
  readonly mail?: Pick<Configuration, 'mailUrl' | 'mailFrom'>
  /** Where cached answers lie. */
  readonly cacheStore: CacheStore
  /** Tenants that the metrics name. */
  readonly metricsTenants: number
  /** Whether there is a master key, so that mail can wait. */
  readonly sealsMail: boolean
  /** How the server examines its database. */
  readonly examiner: Examiner
  /** Told of what went wrong after an answer had left. */
  readonly onFailure?: (error: unknown) => void
}

/** What handlers, jobs and embedding applications get: one service per feature. A new feature adds its line. */
export function createServices(options: ServiceOptions): Services {
  const { secrets: box, onFailure } = options
  const failures = onFailure === undefined ? {} : { onFailure }
  const secrets = createSecretService(options)
  const outbound = createOutbound({
    allowed: options.outbound?.outboundAllowed ?? [],
    authorities: authoritiesOf(options.outbound?.outboundAuthorities),
  })
  const settings = createSettingService({ ...options, secrets, outbound })
  const plans = createPlanService(options)
  const cache = createCacheService({ directory: options.directory, store: options.cacheStore })
  const branding = createBrandingService({ ...options, cache, isPlatforms: (origin) => options.hosts.isPlatforms(origin) })
  const mail = createMailService({
    transport: transportTo(options.mail?.mailUrl),
    from: options.mail?.mailFrom ?? 'no-reply@localhost',
    secrets: box,
    settings,
    outbound,
    branding,
    ...failures,
  })
  const suspicion = createSuspicionService({ scope: options.scope, settings, onFailure: onFailure ?? (() => undefined) })
  const authorities = createAuthorities(options.systems)
  const signingKeys = createSigningKeys(options.directory, box)
  // What a changed password ends, and where a name is copied to, is known above it: identity knows no tokens and no members.
  const identity = createIdentityService({
    ...options,
    ...failures,
    box,
    mail,
    onFailedSignIn: (tenantId) => suspicion.failedSignIn(tenantId),
    endPrograms: (userId, because) => services.tokens.endFamiliesEverywhere(userId, because),
    copyName: (person) => copyName(options, person),
  })
  const quotas = createQuotaService(options)
  const usage = createUsageService({ quotas })
  const domains = createDomainService(options)
  const jobs = createJobService(options.directory)
  const services: Services = {
    plans,
    tenants: createTenantService({ ...options, plans, movePlan: (scope, order) => services.billing.move(scope, order) }),
    keys: createKeyService(options),
    addressLists: createAddressListService(options),
    topConsumers: createTopConsumerService(options),
    operators: createOperatorService({ directory: options.directory, identity, signingKeys }),
    savedViews: createSavedViewService(options),
    limits: createLimitService({ plans }),
    quotas,
    jobs,
    changeHints: createChangeHints(options),
    nodes: createNodeService({
      pool: options.directory.pool,
      version: platformVersion(),
      onFailure: onFailure ?? (() => undefined),
    }),
    backgroundWork: createBackgroundWorkService({ pool: options.directory.pool, jobs }),
    isolationReports: createIsolationReportService(options.directory.pool, options.examiner),
    secrets,
    cache,
    tenantHealth: createTenantHealth({ ...options, usage }),
    traffic: createTrafficService({ ...options, cache, onFailure: onFailure ?? (() => undefined) }),
    auditProof: createAuditProofService(options),
    outbound,
    settings,
    notifications: createNotificationService({ ...options, settings, mail }),
    eventLog: createEventLog(options),
    suspicion,
    webhooks: createWebhookService({ secrets, outbound }),
    usage,
    views: createViewService(options),
    billing: createBillingService({ ...options, plans, usage }),
    domains,
    bulk: createBulkService({ ...options, services: () => services, onFailure: onFailure ?? (() => undefined) }),
    branding,
    points: createPointService({ ...options, quotas }),
    livePoints: createLivePoints(options),
    mail,
    members: createMemberService({ ...options, authorities, services: () => services }),
    roles: createRoleService({ ...options, authorities }),
    invitations: createInvitationService({ ...options, authorities, domains, mail }),
    signUps: createSignUpService({ ...options, services: () => services }),
    tenantStats: createTenantStats({ ...options, cache, services: () => services }),
    overview: createOverviewService({
      pool: options.directory.pool,
      tenantStats: () => services.tenantStats,
      onFailure: onFailure ?? (() => undefined),
    }),
    acceptance: createAcceptanceService({ ...options, authorities, services: () => services }),
    tokens: createTokenService({ ...options, signingKeys }),
    operatorAccess: createOperatorAccessService({ ...options, signingKeys }),
    clientCredentials: createClientCredentialService({ ...options, signingKeys }),
    identity,
  }
  return services
}
