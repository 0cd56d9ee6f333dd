import { randomBytes } from 'node:crypto'
import { type Configuration, createTenantry, type Tenantry } from 'tenantry'
import { type TestDatabase, type TestInflux, testDatabase, testInflux } from 'tenantry/testing'
import { bms } from './system.ts'

const operator = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000b' } as const

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface Client {
  readonly key: string
  readonly tenantId: string
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>
  readonly send: (method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }) => Promise<Answer>
}

export interface Installation {
  readonly tenantry: Tenantry
  readonly baseUrl: string
  readonly database: TestDatabase
  /** A new tenant and a key that may do everything in it. */
  readonly customer: (tier?: string) => Promise<Client>
  /** Another key of the same tenant, with some of its permissions, or for some of its buildings. */
  readonly key: (client: Client, options: { permissions?: readonly string[]; buildings?: readonly string[] }) => Promise<Client>
  readonly close: () => Promise<void>
}

/** Set while tests run a second time, with their points in InfluxDB. */
export const onInflux = () => process.env.TENANTRY_TEST_POINTS === 'influx'

/** A listening installation of BMS alone, on a database of its own. */
export async function install(configuration: Partial<Configuration> = {}): Promise<Installation> {
  const influx: TestInflux | undefined = onInflux() ? await testInflux() : undefined
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  const tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [bms],
    configuration: { logLevel: 'silent', influxUrl: influx?.url, keyRate: 36_000_000, addressRate: 36_000_000, ...configuration },
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  const baseUrl = `http://127.0.0.1:${port}`

  async function mint(
    tenantId: string,
    options: { permissions?: readonly string[]; buildings?: readonly string[] },
  ): Promise<Client> {
    const entry = await tenantry.directory.tenantById(tenantId)
    if (!entry) throw new Error('The directory does not know the tenant.')
    const { keys } = tenantry.services
    const creator = keys.everythingIn(entry)
    const { credential } = await keys.create(
      tenantry.scope({ tenantId, actor: operator }),
      {
        name: 'test',
        permissions: [...(options.permissions ?? creator.permissions)],
        ...(options.buildings ? { reach: 'granted' as const, grants: [...options.buildings] } : {}),
      },
      creator,
    )
    return client(baseUrl, credential, tenantId)
  }

  return {
    tenantry,
    baseUrl,
    database,
    async customer(tier = 'enterprise') {
      const slug = `t${randomBytes(8).toString('hex')}`
      const tenant = await tenantry.services.tenants.provision({ slug, name: slug, system: 'bms', tier }, { actor: operator })
      return mint(tenant.id, {})
    },
    key: (of, options) => mint(of.tenantId, options),
    async close() {
      await tenantry.close()
      await database.drop()
      await influx?.stop()
    },
  }
}

function client(baseUrl: string, key: string, tenantId: string): Client {
  const send: Client['send'] = async (method, path, { body, headers = {} } = {}) => {
    const json = body !== undefined && typeof body !== 'string'
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: { authorization: `Bearer ${key}`, ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as string) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }
  return {
    key,
    tenantId,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) => send('POST', path, { body, headers }),
  }
}
