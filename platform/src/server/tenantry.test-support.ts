import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { Configuration } from '../configuration/configuration.ts'
import type { SystemDefinition } from '../system.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { fewConnections } from '../testing/few-connections.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { createTenantry, type Tenantry } from './create-tenantry.ts'
import { depot, shelf } from './shelf-system.test-support.ts'

export const systems = [shelf, depot]

/** The server of the tests is nobody's: what only its superuser could mend is accepted as at a provider's. */
export const acceptedFindings = fileURLToPath(new URL('./test-system/accepted-findings.json', import.meta.url))

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface CallOptions {
  readonly host?: string
  readonly key?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestNode {
  readonly tenantry: Tenantry
  readonly port: number
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

export function databaseWithSystems(): Promise<TestDatabase> {
  return testDatabase({ systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })) })
}

/** A listening node of an installation; several may share one database. */
export async function startNode(
  database: TestDatabase,
  configuration: Partial<Configuration> = {},
  installed: readonly SystemDefinition[] = systems,
): Promise<TestNode> {
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: installed,
    configuration: {
      ...fewConnections,
      acceptedFindings,
      // Tests ask more often than anybody may: those that are about rates say which.
      addressRate: 36_000_000,
      keyRate: 36_000_000,
      personRate: 1_000_000,
      ...configuration,
    },
    logger: pino({ level: 'silent' }),
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  return { tenantry, port, call: (method, path, options) => call(port, method, path, options) }
}

/** By `node:http`, because `fetch` does not send a `Host` of one's choice. */
function call(
  port: number,
  method: string,
  path: string,
  { host = '127.0.0.1', key, body, headers = {} }: CallOptions = {},
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          host: `${host}:${port}`,
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (incoming) => {
        incoming.setEncoding('utf8')
        let received = ''
        incoming.on('data', (chunk: string) => {
          received += chunk
        })
        incoming.on('end', () => {
          const isJson = /json/.test(incoming.headers['content-type'] ?? '')
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: received,
            body: isJson ? JSON.parse(received) : undefined,
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

const maintainer = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const

export interface TestTenant {
  readonly tenant: Tenant
  readonly host: string
  readonly key: string
  readonly keyId: string
}

/** A tenant with a key that may do everything, made as an operator's command line makes it. */
export async function tenantWithKey(
  node: TestNode,
  options: { system?: string; tier?: string | undefined; slug?: string; timeZone?: string | undefined } = {},
): Promise<TestTenant> {
  const { services, scope, directory } = node.tenantry
  const slug = options.slug ?? `t${randomBytes(8).toString('hex')}`
  const tenant = await services.tenants.provision(
    { slug, name: slug, system: options.system ?? 'shelf', tier: options.tier, timeZone: options.timeZone },
    { actor: maintainer },
  )
  const entry = await directory.tenantById(tenant.id)
  if (entry === undefined) throw new Error('the directory does not know the new tenant')
  const creator = services.keys.everythingIn(entry)
  const { key, credential } = await services.keys.create(
    scope({ tenantId: tenant.id, actor: maintainer }),
    { name: 'test', permissions: [...creator.permissions] },
    creator,
  )
  return { tenant, host: `${slug}.localhost`, key: credential, keyId: key.id }
}

/** The key of a new operator. */
export async function operatorKey(node: TestNode): Promise<string> {
  const { operators } = node.tenantry.services
  const operator = await operators.create({ email: `${randomBytes(6).toString('hex')}@example.com`, name: 'Olivia' })
  return (await operators.createKey(operator.id)).credential
}
