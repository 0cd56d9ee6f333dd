import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { Identified, Outcome } from '../http/pipeline.ts'
import type { Route } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { TenantRequests } from './tenant-requests.ts'
import { quantileOf } from './traffic-counts.ts'
import { TrafficLedger } from './traffic-ledger.ts'
import { pruneTraffic, readTraffic, type TrafficWindow, trafficTag } from './traffic-queries.ts'

const figures = {
  requests: z.int(),
  clientErrors: z.int().describe('4xx, but for refusals by a quota'),
  serverErrors: z.int().describe('5xx'),
  quotaRefusals: z.int(),
  errorRate: z.number().nullable().describe('Server errors and quota refusals per request; null without requests'),
  signIns: z.int(),
  receivedBytes: z.int().describe('Of request bodies'),
  meanMilliseconds: z.number().nullable(),
  p95Milliseconds: z.number().nullable().describe('About: reckoned from a histogram'),
}
export const TrafficFigures = z.object(figures).meta({ id: 'TrafficFigures' })
export type TrafficFigures = z.output<typeof TrafficFigures>

export const Traffic = z
  .object({
    hours: z.int(),
    minutes: z.int().describe('Length of a window'),
    total: TrafficFigures,
    windows: z.array(z.object({ start: z.string().meta({ format: 'date-time' }), ...figures })).describe('Those with requests'),
  })
  .meta({ id: 'Traffic' })
export type Traffic = z.output<typeof Traffic>

export interface TrafficService {
  /** Counts a request of a tenant's member or key, or one that signed somebody in there. Never waits. */
  note(route: Route, identified: Identified, outcome: Outcome): void
  /** What the scope's tenant asked for in the last hours, at most 168; up to a quarter of a minute behind. */
  of(scope: TenantScope, hours: number): Promise<Traffic>
  /** Lets go of what is older than anybody compares, in the scope's tenant. */
  prune(scope: TenantScope): Promise<void>
  /** Writes down what this node has counted. */
  flush(): Promise<void>
  /** Adds the busiest tenants to what `/metrics` tells. */
  register(registry: Registry): void
  /** After the last request: writes down what is left. */
  close(): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly traffic: TrafficService
  }
}

export interface TrafficServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly cache: CacheService
  /** How many tenants the metrics name. */
  readonly metricsTenants: number
  readonly onFailure: (error: unknown) => void
}

/** Seconds that an answer is kept; written-down counts outdate it earlier. */
const kept = 60

/** Of routes that sign somebody in, where that is what a 2xx means. */
const signsIn: ReadonlySet<string> = new Set(['signIn', 'answerSecondStep', 'signInWithPasskey'])

export function createTrafficService({ cache, metricsTenants, ...options }: TrafficServiceOptions): TrafficService {
  const ledger = new TrafficLedger(options)
  const requests = new TenantRequests(metricsTenants)
  return {
    note({ operation, method, path }, { tenant, principal }, { status, problem, milliseconds, received }) {
      if (tenant === undefined) return
      requests.note(tenant.id, { method, path }, status)
      const signedIn = signsIn.has(operation) && status < 300
      // Strangers at a tenant's address are not its people: nobody makes a tenant ill from outside.
      if (principal.kind !== 'member' && principal.kind !== 'key' && !signedIn) return
      ledger.note(tenant.id, { status, problem, milliseconds, received, signedIn })
    },

    of(scope, hours) {
      const read = async () => tell(hours, await readTraffic(scope, hours, minutesOf(hours)))
      return cache.of(scope).remember(`traffic:${hours}`, Traffic, { seconds: kept, tags: [trafficTag] }, read)
    },

    prune: pruneTraffic,
    flush: () => ledger.flush(),
    register: (registry) => requests.register(registry),
    close: () => ledger.close(),
  }
}

/** Six hours are 72 windows of five minutes, a week is 168 of an hour. */
function minutesOf(hours: number): number {
  return hours <= 6 ? 5 : 60
}

function tell(hours: number, windows: readonly TrafficWindow[]): Traffic {
  const minutes = minutesOf(hours)
  return {
    hours,
    minutes,
    total: figuresOf(windows),
    windows: windows.map((each) => ({ start: each.start, ...figuresOf([each]) })),
  }
}

function figuresOf(windows: readonly TrafficWindow[]): TrafficFigures {
  const sum = (read: (window: TrafficWindow) => number) => windows.reduce((all, window) => all + read(window), 0)
  const requests = sum((window) => window.requests)
  const serverErrors = sum((window) => window.serverErrors)
  const quotaRefusals = sum((window) => window.quotaRefusals)
  const durations = windows[0]?.durations.map((_, place) => sum((window) => window.durations[place] ?? 0)) ?? []
  return {
    requests,
    clientErrors: sum((window) => window.clientErrors),
    serverErrors,
    quotaRefusals,
    errorRate: requests === 0 ? null : (serverErrors + quotaRefusals) / requests,
    signIns: sum((window) => window.signIns),
    receivedBytes: sum((window) => window.receivedBytes),
    meanMilliseconds: requests === 0 ? null : Math.round((sum((window) => window.milliseconds) / requests) * 10) / 10,
    p95Milliseconds: quantileOf(durations, 0.95),
  }
}
