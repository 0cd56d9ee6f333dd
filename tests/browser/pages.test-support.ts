import type { AttackReport } from '../../platform/src/isolation/attack/report.ts'
import type { ConsoleInBrowser } from './browser.test-support.ts'

/** What a page declares, as far as a visit needs it: see console/src/app/page.ts. */
export interface DeclaredPage {
  readonly path: string
  readonly name: string
  readonly permission?: string
  readonly role?: string
}

export interface Visit {
  readonly declared: DeclaredPage
  /** With real objects in place of parameters. */
  readonly path: string
}

/** A page takes objects of a kind: ids of some that are there. */
export type Finders = Readonly<Record<string, () => Promise<readonly string[]>>>

/** As the console itself lists them, so that nobody has to think of a new page here. */
export async function declaredPages(entry: 'operator' | 'portal'): Promise<readonly DeclaredPage[]> {
  // By an address that is known only now: the server's types know no components.
  const file = new URL(`../../console/src/${entry}/pages.ts`, import.meta.url).href
  const lists = (await import(file)) as Record<string, readonly DeclaredPage[]>
  return lists[`${entry}Pages`] ?? []
}

/** @throws for a parameter of which nobody said what stands for it */
export async function visitsOf(entry: 'operator' | 'portal', finders: Finders): Promise<Visit[]> {
  const visits: Visit[] = []
  for (const declared of await declaredPages(entry)) {
    const names = [...declared.path.matchAll(/\$(\w+)/g)].map(([, name = '']) => name)
    let paths = [declared.path]
    for (const name of names) {
      const find = finders[`${declared.path} ${name}`] ?? finders[name]
      if (find === undefined) throw new Error(`What stands for $${name} in ${declared.path}? Say it in demoFinders.`)
      const values = await find()
      paths = paths.flatMap((path) => values.map((value) => path.replace(`$${name}`, value)))
    }
    visits.push(...paths.map((path) => ({ declared, path })))
  }
  return visits
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of any route
export type Json = any

/** Calls the API with the key of a demo tenant, or as another who says how. @throws unless the answer is a 2xx */
export async function callApi(
  here: Pick<ConsoleInBrowser, 'port'>,
  credential: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Json> {
  const response = await fetch(`http://127.0.0.1:${here.port}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      'idempotency-key': crypto.randomUUID(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** Changes the brand's draft and publishes it. */
export async function publishBrand(here: ConsoleInBrowser, slug: string, change: object): Promise<void> {
  const key = here.tenants[slug]?.key ?? ''
  const ifMatch = ({ version }: Json) => ({ 'if-match': `"v${version}"` })
  const draft = await callApi(here, key, 'GET', '/v1/brand')
  const changed = await callApi(here, key, 'PATCH', '/v1/brand/draft', change, ifMatch(draft))
  await callApi(here, key, 'POST', '/v1/brand/publish', undefined, ifMatch(changed))
}

/** Real objects of a tenant of the demo for every parameter, some of them made here. */
export function demoFinders(here: ConsoleInBrowser, slug = 'northwind'): Finders {
  const key = here.tenants[slug]?.key ?? ''
  const first = async (path: string): Promise<string[]> => {
    const { items } = await callApi(here, key, 'GET', path)
    const id = items[0]?.id
    if (id === undefined) throw new Error(`${path} answered nothing.`)
    return [id]
  }
  const building = () => first('/v1/bms/buildings?limit=1')
  return {
    view: async () => {
      const { items } = await callApi(here, key, 'GET', '/v1/views')
      // The first dashboard is the portal's first page.
      return items.filter(({ kind }: Json) => kind !== 'dashboard').map(({ name }: Json) => name)
    },
    '/views/$view/$id view': async () => ['buildings'],
    '/views/$view/$id id': building,
    tenantId: async () => [here.tenants[slug]?.id ?? ''],
    webhookId: async () => {
      const { id } = await callApi(here, key, 'POST', '/v1/webhooks', { url: 'https://hooks.example.com/' })
      return [id]
    },
    memberId: () => first('/v1/members?limit=1'),
    operationId: async () => [await bulkOperation(here)],
    operatorId: async () => [here.operator.id],
    attackId: async () => [await attackReport(here)],
  }
}

/** One that changes nothing that another test looks at. */
async function bulkOperation(here: ConsoleInBrowser): Promise<string> {
  const { id } = await here.tenantry.services.bulk.start(
    { action: { do: 'resume' }, reason: 'A test', selection: { tenants: [here.tenants.harbour?.id ?? ''] } },
    here.operator.id,
  )
  return id
}

/** Of an attack on two routes: a whole one takes minutes. */
async function attackReport({ tenantry }: ConsoleInBrowser): Promise<string> {
  const held = { ok: 6, untested: 0, failed: 0 }
  const report: AttackReport = {
    verdict: 'held',
    routes: ['listBuildings', 'readBuilding'],
    attackers: ['owner', 'nobody'],
    relations: ['own', 'foreign'],
    notApplicable: [{ what: 'child', why: 'tenants have no children yet' }],
    cells: held,
    probes: { 'spoofed header': held },
    places: ['log'],
    matrix: { listBuildings: { own: held, foreign: held }, readBuilding: { own: held, foreign: held } },
    findings: [],
    requests: 12,
    milliseconds: 34.5,
  }
  await tenantry.services.isolationReports.keepAttack(report, false)
  const [kept] = await tenantry.services.isolationReports.attacks()
  return kept?.id ?? ''
}
