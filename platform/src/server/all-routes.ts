import { addressListRoutes, operatorAddressListRoutes } from '../access/address-list-routes.ts'
import { auditProofRoutes } from '../audit/proof-routes.ts'
import { auditRoutes, operatorLogRoutes } from '../audit/routes.ts'
import { operatorBillingRoutes } from '../billing/operator-routes.ts'
import { billingRoutes } from '../billing/routes.ts'
import { brandRoutes } from '../branding/brand-routes.ts'
import { brandingRoutes } from '../branding/routes.ts'
import { bulkRoutes } from '../bulk/routes.ts'
import { differenceRoutes } from '../differences/routes.ts'
import { domainRoutes, operatorDomainRoutes } from '../domains/routes.ts'
import { eventRoutes } from '../events/routes.ts'
import type { Route } from '../http/route.ts'
import { meRoutes } from '../identity/me-routes.ts'
import { signInRoutes } from '../identity/sign-in-routes.ts'
import { keyRoutes, operatorKeyRoutes } from '../keys/routes.ts'
import { limitRoutes, operatorLimitRoutes } from '../limits/routes.ts'
import { mailRoutes } from '../mail/routes.ts'
import { invitationRoutes } from '../members/invitation-routes.ts'
import { operatorMemberRoutes } from '../members/operator-routes.ts'
import { roleRoutes } from '../members/role-routes.ts'
import { memberRoutes } from '../members/routes.ts'
import { sessionInfoRoutes } from '../members/session-routes.ts'
import { signUpRoutes } from '../members/sign-up-routes.ts'
import { notificationRoutes } from '../notifications/routes.ts'
import { backgroundRoutes } from '../operations/background-routes.ts'
import { changeRoutes } from '../operations/change-routes.ts'
import { isolationRoutes } from '../operations/isolation-routes.ts'
import { nodeRoutes } from '../operations/node-routes.ts'
import { overviewRoutes } from '../operations/overview-routes.ts'
import { consumerRoutes } from '../operators/consumer-routes.ts'
import { operatorRoutes } from '../operators/routes.ts'
import { savedViewRoutes } from '../operators/saved-view-routes.ts'
import { operatorPlanRoutes } from '../plans/operator-routes.ts'
import { planRoutes } from '../plans/routes.ts'
import { operatorQuotaRoutes, quotaRoutes } from '../quotas/routes.ts'
import { routesOf } from '../resources/routes-of.ts'
import { settingRoutes } from '../settings/routes.ts'
import type { SystemDefinition } from '../system.ts'
import { operatorTenantHealthRoutes, tenantHealthRoutes } from '../tenant-health/routes.ts'
import { operatorTenantRoutes } from '../tenants/operator-routes.ts'
import { tenantRoutes } from '../tenants/routes.ts'
import { operatorTenantStatsRoutes, tenantStatsRoutes } from '../tenants/stats-routes.ts'
import { oauthRoutes } from '../tokens/oauth-routes.ts'
import { operatorAccessRoutes, operatorsAccessRoutes } from '../tokens/operator-access-routes.ts'
import { tokenRoutes } from '../tokens/routes.ts'
import { sessionRoutes } from '../tokens/session-routes.ts'
import { trafficRoutes } from '../traffic/routes.ts'
import { operatorUsageRoutes, usageRoutes } from '../usage/routes.ts'
import { viewRoutes } from '../views/routes.ts'
import { webhookRoutes } from '../webhooks/routes.ts'

/** Every route of an installation: the platform's own, then each system's resources and routes. */
export function allRoutes(systems: readonly SystemDefinition[]): Route[] {
  return [
    ...tenantRoutes,
    ...keyRoutes,
    ...addressListRoutes,
    ...memberRoutes,
    ...sessionInfoRoutes,
    ...roleRoutes,
    ...invitationRoutes,
    ...signUpRoutes,
    ...tenantStatsRoutes,
    ...limitRoutes,
    ...planRoutes,
    ...trafficRoutes,
    ...tenantHealthRoutes,
    ...quotaRoutes,
    ...auditRoutes,
    ...signInRoutes,
    ...meRoutes,
    ...sessionRoutes,
    ...auditProofRoutes,
    ...webhookRoutes,
    ...billingRoutes,
    ...usageRoutes,
    ...settingRoutes,
    ...notificationRoutes,
    ...eventRoutes,
    ...mailRoutes,
    ...domainRoutes,
    ...brandingRoutes,
    ...brandRoutes,
    ...differenceRoutes,
    ...viewRoutes,
    ...tokenRoutes,
    ...operatorAccessRoutes,
    ...oauthRoutes,
    ...operatorTenantRoutes,
    ...operatorsAccessRoutes,
    ...operatorKeyRoutes,
    ...operatorDomainRoutes,
    ...operatorAddressListRoutes,
    ...operatorMemberRoutes,
    ...operatorTenantStatsRoutes,
    ...operatorTenantHealthRoutes,
    ...operatorLimitRoutes,
    ...operatorBillingRoutes,
    ...operatorPlanRoutes,
    ...operatorQuotaRoutes,
    ...operatorRoutes,
    ...consumerRoutes,
    ...overviewRoutes,
    ...backgroundRoutes,
    ...changeRoutes,
    ...nodeRoutes,
    ...isolationRoutes,
    ...bulkRoutes,
    ...savedViewRoutes,
    ...operatorLogRoutes,
    ...operatorUsageRoutes,
    ...systems.flatMap((system) => [...(system.resources ?? []).flatMap(routesOf), ...(system.routes ?? [])]),
  ]
}
