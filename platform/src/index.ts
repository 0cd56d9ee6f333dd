/**
 * What an application that embeds Tenantry imports, and what the systems are built with. Nothing else is public.
 */

export {
  actorOf,
  type OperatorPrincipal,
  type Permission,
  type Principal,
  type Role,
  roles,
  type TenantPrincipal,
} from './access/principal.ts'
export type { ResolvedBrand } from './branding/brand.ts'
export type { CacheFor, CacheService, TenantCache } from './cache/tenant-cache.ts'
export { type Configuration, ConfigurationError, readConfiguration } from './configuration/configuration.ts'
export type { Directory } from './directory/directory.ts'
export type { KeyEntry, TenantEntry, TenantStatus } from './directory/entries.ts'
export type { OutboxEvent, Subscriber } from './events/event.ts'
export { EventChannel, replyEvents, type ServerEvent } from './http/event-stream.ts'
export { makePage, type Page, type Position, pageOf, pageQuery, readCursor } from './http/page.ts'
export { queryBoolean, queryInteger, queryList } from './http/query-values.ts'
export {
  anyContent,
  type ForeignProtocol,
  type RequestInfo,
  type Route,
  type RouteContext,
  reply,
  route,
  type Services,
} from './http/route.ts'
export { type AttackOptions, attack } from './isolation/attack/attack.ts'
export type { Ask, Fixture, Fixtures, Ground } from './isolation/attack/fixture.ts'
export { renderAttack } from './isolation/attack/render.ts'
export type { AttackReport } from './isolation/attack/report.ts'
export type { World } from './isolation/attack/world.ts'
export type { Report } from './isolation/doctor/report.ts'
export type { ReviewedRelation } from './isolation/doctor/reviewed.ts'
export { type RowOf, type Runnable, SqlFragment, type Statement, sql } from './isolation/statement.ts'
export type {
  Actor,
  Origin,
  Reach,
  RowBytes,
  RunOptions,
  ScopeContext,
  ScopeOptions,
  SnapshotScope,
  TakenStatement,
  TenantScope,
} from './isolation/tenant-scope.ts'
export { type EnqueueOptions, enqueue } from './jobs/enqueue.ts'
export { type JobContext, type JobDefinition, job } from './jobs/job.ts'
export type { DeadJob, JobService } from './jobs/jobs.ts'
export { type RecurringContext, type RecurringDefinition, recurring } from './jobs/recurring.ts'
export type { Key, NewKey } from './keys/key.ts'
export { type LimitUse, limitOf } from './limits/limits.ts'
export type { MailService } from './mail/mail.ts'
export type { MailContent } from './mail/mail-content.ts'
export type { OutboundAnswer, OutboundRequest, OutboundService } from './outbound/outbound.ts'
export { type OutboundCode, OutboundFailure } from './outbound/outbound-failure.ts'
export { problems } from './problems/catalogue.ts'
export { defineProblems, Problem, type ProblemDefinition, type ProblemTable } from './problems/problem.ts'
export { listResources } from './resources/list-resources.ts'
export { changeResource, createResource, deleteResource, readResource } from './resources/operations.ts'
export { type ResourceDefinition, resource } from './resources/resource.ts'
export { makeMasterKey } from './secrets/master-keys.ts'
export { SecretUnreadable } from './secrets/secret-box.ts'
export type { SealedSecret, SecretPlace, SecretService } from './secrets/secrets.ts'
export { createTenantry, type Tenantry, type TenantryOptions } from './server/create-tenantry.ts'
export { StartRefused } from './server/start-checks.ts'
export { type Integration, integration } from './settings/integration.ts'
export { type SettingCategory, type SettingDefinition, setting } from './settings/setting.ts'
export type { SettingService } from './settings/settings.ts'
export {
  type AddOnDefinition,
  type DetailedLimit,
  defineSystem,
  type LimitDefinition,
  type OnboardingStep,
  type SystemDefinition,
  type TierDefinition,
} from './system.ts'
export { checkSeries } from './telemetry/check-series.ts'
export { countPoints } from './telemetry/count-points.ts'
export { type CsvRecord, csvRecords } from './telemetry/csv-records.ts'
export { dropPointsBefore } from './telemetry/drop-points.ts'
export { influxProtocol } from './telemetry/influx-protocol.ts'
export { formatInstant, parseInstant } from './telemetry/instant.ts'
export { listSeries, type ParentSeries } from './telemetry/list-series.ts'
export type { FollowOptions, LivePointService } from './telemetry/live/live-points.ts'
export type { LiveSeries } from './telemetry/live/told.ts'
export { LocalClock } from './telemetry/local-time.ts'
export { isLongRead } from './telemetry/long-read.ts'
export { isTenant, refuseOtherTenant, tenantNames } from './telemetry/own-tenant.ts'
export { RowPacker } from './telemetry/packed-row.ts'
export { type Aggregate, aggregates, type PixelQuery, type PointQuery, type WindowQuery } from './telemetry/point-query.ts'
export type { PointService } from './telemetry/point-service.ts'
export type { OpenPointStore, Point, PointStore, Series, SeriesName } from './telemetry/point-store.ts'
export {
  type CsvMapping,
  type CsvPoints,
  type LineError,
  type Restatement,
  readCsvPoints,
  readNumber,
  type TextSource,
} from './telemetry/read-csv.ts'
export { type LineMapping, type ProtocolPoints, readLineProtocol } from './telemetry/read-line-protocol.ts'
export { type PointRow, type PointsHead, readPixels, readPoints, readWindows } from './telemetry/read-points.ts'
export {
  AggregateList,
  IdList,
  InstantText,
  PointType,
  PointTypeList,
  SeriesLabel,
  TimeZone,
  Unit,
  WindowText,
} from './telemetry/schemas.ts'
export { parseWindow, type Window } from './telemetry/window.ts'
export type { WindowRow, WindowsOfSeries, WindowTable } from './telemetry/window-table.ts'
export { type Lot, type WriteOptions, writeLots, writePoints, writeRows } from './telemetry/write-points.ts'
export type { TenantActivity } from './tenant-health/activity.ts'
export type { HealthContributor, HealthReason, HealthState } from './tenant-health/health.ts'
export type { NewTenant, Tenant } from './tenants/tenant.ts'
export type { DashboardView, ResourceView, SeriesView, ViewDefinition } from './views/view.ts'
