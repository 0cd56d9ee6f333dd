import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import {
  type Answer,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import { defineSystem } from '../system.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { subscriptionWork } from './first-subscription.ts'

/** Plans as FIN-5 has them, and an add-on as BMS-16 has it. */
export const desk = defineSystem({
  name: 'desk',
  title: 'Desks',
  migrations: new URL('../server/test-system/none/', import.meta.url),
  permissions: { 'desk.desks:read': 'See desks' },
  roles: {},
  tiers: {
    starter: {
      title: 'Starter',
      features: [],
      limits: { keys: 10, transactions: { max: 1_000, kind: 'metered', period: 'month' } },
      prices: { currency: 'INR', monthly: 0, yearly: 0 },
      trialDays: 30,
      selfService: true,
    },
    professional: {
      title: 'Professional',
      features: ['trading'],
      limits: { keys: 100, transactions: { max: 10_000, kind: 'metered', period: 'month', mode: 'overage' } },
      prices: { currency: 'INR', monthly: 1_000_000, yearly: 10_000_000 },
    },
    enterprise: {
      title: 'Enterprise',
      features: ['trading'],
      limits: { keys: 1_000, transactions: { max: 100_000, kind: 'metered', period: 'month', mode: 'overage' } },
      prices: { currency: 'INR', monthly: 10_000_000, yearly: 100_000_000 },
    },
    custom: { features: [], limits: {} },
  },
  addOns: {
    custom_domain: {
      title: 'Custom domain',
      features: ['custom_domain'],
      prices: { currency: 'INR', monthly: 1_000, once: 5_000 },
    },
  },
  seller: {
    name: 'Desk Trading Ltd',
    address: ['1 Example Street', 'Pune'],
    invoicePrefix: 'DESK-',
    colour: '#7a1f4e',
    tax: { label: 'GST', basisPoints: 1_800 },
    overage: { transactions: { title: 'Transactions', lot: 100, minor: 500 } },
  },
})

export interface BilledTenant extends TestTenant {
  readonly scope: TenantScope
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** As an operator, below `/v1/tenants/{id}`. */
  operate(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** What is due is done now, as the background would do it. */
  work(): Promise<number | null>
  /** Chooses a plan as the portal does: reads, then changes what was read. */
  choose(plan: string, interval?: string): Promise<Answer>
  subscription(): Promise<Answer['body']>
  /** An operator notes that the money for every open invoice came in. */
  pay(): Promise<void>
  /** Oldest first, with their lines. */
  invoices(): Promise<Answer['body'][]>
}

export interface BillingBench {
  readonly database: TestDatabase
  readonly superuser: pg.Client
  readonly node: TestNode
  tenant(options?: { readonly tier?: string; readonly timeZone?: string }): Promise<BilledTenant>
  /** Where `tenantry.clock()` stands from now on. Its work by the background is put off, so that a test decides when it is done. */
  at(moment: string): Promise<void>
  secondNode(): Promise<TestNode>
  close(): Promise<void>
}

export async function billingBench(): Promise<BillingBench> {
  const database = await testDatabase({ systems: [{ name: desk.name, directory: desk.migrations }] })
  const node = await startNode(database, {}, [desk])
  const nodes = [node]
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  const operator = await operatorKey(node)
  return {
    database,
    superuser,
    node,

    async tenant({ tier, timeZone } = {}) {
      return billed(node, await tenantWithKey(node, { system: 'desk', tier, timeZone }), operator)
    },

    async at(moment) {
      await superuser.query(`update tenantry.clock_offset set "offset" = $1::timestamptz - clock_timestamp()`, [moment])
      await superuser.query(`select tenantry.make_partitions(interval '1 month')`)
      await superuser.query(`update tenantry.work set due_at = 'infinity' where kind = $1`, [subscriptionWork])
    },

    async secondNode() {
      const second = await startNode(database, {}, [desk])
      nodes.push(second)
      return second
    },

    async close() {
      for (const each of nodes) await each.tenantry.close()
      await superuser.end()
      await database.drop()
    },
  }
}

function billed(node: TestNode, made: TestTenant, operator: string): BilledTenant {
  const { scope: open, services } = node.tenantry
  const scope = open({ tenantId: made.tenant.id, actor: { kind: 'system', id: made.tenant.id } })
  const ask: BilledTenant['ask'] = (method, path, body, headers = {}) =>
    node.call(method, path, { host: 'api.localhost', key: made.key, body, headers })
  const invoices: BilledTenant['invoices'] = async () => {
    const { items } = (await ask('GET', '/v1/invoices')).body as { items: { id: string }[] }
    return Promise.all(items.reverse().map(async ({ id }) => (await ask('GET', `/v1/invoices/${id}`)).body))
  }
  const operate: BilledTenant['operate'] = (method, path, body, headers = {}) =>
    node.call(method, `/v1/tenants/${made.tenant.id}${path}`, {
      host: 'dashboard.localhost',
      key: operator,
      body,
      headers: { 'tenantry-reason': 'billing test', 'idempotency-key': randomBytes(8).toString('hex'), ...headers },
    })
  return {
    ...made,
    scope,
    ask,
    operate,
    invoices,
    work: () => services.billing.work(scope),
    async choose(plan, interval) {
      const read = await ask('GET', '/v1/subscription')
      return ask('PATCH', '/v1/subscription', { plan, interval }, { 'if-match': String(read.headers.etag) })
    },
    subscription: async () => (await ask('GET', '/v1/subscription')).body,
    async pay() {
      for (const { id, state } of await invoices()) {
        if (state !== 'sealed') continue
        const paid = await operate('POST', `/invoices/${id}/paid`, {})
        if (paid.status !== 200) throw new Error(paid.text)
      }
    },
  }
}

/** Usage as it is reported. */
export async function use(tenant: BilledTenant, quantity: number, at: string): Promise<Answer> {
  const event = { key: randomBytes(8).toString('hex'), meter: 'transactions', quantity, at }
  return tenant.ask('POST', '/v1/usage', { events: [event] })
}
