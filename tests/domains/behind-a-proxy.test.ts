import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NameServer, nameServer } from '../../platform/src/domains/name-server.test-support.ts'
import { nginxConfiguration } from '../../platform/src/domains/nginx-configuration.ts'
import { sql } from '../../platform/src/isolation/statement.ts'
import { controllerCertificate } from '../../platform/src/outbound/controller-certificate.test-support.ts'
import {
  databaseWithSystems,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import { freePort } from '../../platform/src/testing/free-port.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'
import { missing, startProxy, visit } from './proxies.test-support.ts'

const noCaddy = missing('caddy', 'version')
const noNginx = missing('nginx', '-v')
for (const reason of [noCaddy, noNginx]) if (reason !== undefined) console.warn(reason)

let database: TestDatabase
let dns: NameServer
let node: TestNode
let metricsPort: number
let north: TestTenant
const folder = mkdtempSync(join(tmpdir(), `tenantry-tests-${process.pid}-`))

beforeAll(async () => {
  database = await databaseWithSystems()
  dns = await nameServer()
  metricsPort = await freePort()
  const proxied = { trustedProxies: ['127.0.0.1'], publicScheme: 'https', baseDomain: 'tenantry.app' } as const
  const domains = { dnsServers: [dns.address], domainTargets: ['edge.tenantry.app'] }
  // As the console's build writes them.
  mkdirSync(join(folder, 'assets'))
  for (const entry of ['sign-in', 'operator', 'portal'])
    writeFileSync(join(folder, `${entry}.html`), '<!--head--></head><!--boot-->')
  node = await startNode(database, { ...proxied, ...domains, metricsPort, consoleFolder: folder })
  north = await tenantWithKey(node)
  const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const
  await node.tenantry
    .scope({ tenantId: north.tenant.id, actor })
    .run(sql`update tenantry.tenants set features = '{custom_domain}'`)
  await node.tenantry.directory.catchUp()
  chmodSync(folder, 0o755)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  dns?.close()
  rmSync(folder, { recursive: true, force: true })
})

const api = (method: string, path: string, body?: unknown) =>
  node.call(method, path, { host: 'api.tenantry.app', key: north.key, body, headers: { 'x-forwarded-proto': 'https' } })

/** Claims the domain, puts its records into DNS, and has it looked at. */
async function serve(host: string): Promise<string> {
  const { body: domain, text } = await api('POST', '/v1/domains', { host })
  for (const { name, type, value } of domain.records ?? []) dns.records.set(`${name} ${type}`, [value])
  const checked = await api('POST', `/v1/domains/${domain.id}/check`)
  expect(checked.body, text).toMatchObject({ state: 'served' })
  return domain.id
}

const mayHaveCertificate = async (host: string) =>
  (await fetch(`http://127.0.0.1:${metricsPort}/certificates/ask?domain=${encodeURIComponent(host)}`)).status

test('[BMS-7] [BMS-6] a proxy is told which hosts are ours: the base domain, tenants, proved domains, and no other', async () => {
  await serve('asked.client.co.uk')
  const slug = north.tenant.slug
  for (const host of ['tenantry.app', 'dashboard.tenantry.app', 'api.tenantry.app', `${slug}.tenantry.app`, 'asked.client.co.uk'])
    expect([host, await mayHaveCertificate(host)]).toEqual([host, 200])
  for (const host of ['nobody.tenantry.app', 'a.b.tenantry.app', 'other.client.co.uk', '127.0.0.1', '', 'a b', 'x:80', 'a/b'])
    expect([host, await mayHaveCertificate(host)]).toEqual([host, 403])
  const inside = await node.call('GET', '/certificates/ask?domain=tenantry.app', { host: 'tenantry.app' })
  expect(inside.status).toBe(404)
})

test.skipIf(noCaddy !== undefined)(
  "[BMS-7] [BMS-6] behind Caddy a proved domain gets its certificate when it is first visited, and shows its tenant's pages; another gets none, and a released one shows nothing",
  async () => {
    const [httpPort, httpsPort] = [await freePort(), await freePort()]
    const shipped = readFileSync(new URL('../../deploy/Caddyfile', import.meta.url), 'utf8')
    const local = ['local_certs', 'skip_install_trust', 'admin off', `http_port ${httpPort}`, `https_port ${httpsPort}`]
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, shipped.replace(/^\{\n/m, `{\n${local.map((line) => `\t${line}\n`).join('')}`))
    const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    const ours = { TENANTRY_UPSTREAM: `127.0.0.1:${node.port}`, TENANTRY_METRICS_ADDRESS: `127.0.0.1:${metricsPort}` }
    const caddy = await startProxy('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], httpsPort, {
      ...process.env,
      ...home,
      ...ours,
    })
    try {
      const id = await serve('cloud.client.co.uk')
      const authority = readFileSync(join(folder, 'caddy', 'pki', 'authorities', 'local', 'root.crt'), 'utf8')
      const headers = { authorization: `Bearer ${north.key}`, 'x-tenant-id': crypto.randomUUID() }
      const see = (host: string) => visit({ port: httpsPort, host, path: '/v1/tenants/current', authority, headers })
      const seen = await see('cloud.client.co.uk')
      expect([seen.status, JSON.parse(seen.text).id]).toEqual([200, north.tenant.id])
      expect((await see(`${north.tenant.slug}.tenantry.app`)).status).toBe(200)
      const page = (host: string, path = '/') =>
        visit({ port: httpsPort, host, path, authority, headers: { accept: 'text/html' } })
      const own = await page('cloud.client.co.uk')
      expect([own.status, own.text]).toEqual([200, expect.stringContaining('"entry":"portal"')])
      expect(own.text).toContain(`"slug":"${north.tenant.slug}"`)
      expect((await page('cloud.client.co.uk', '/sign-in')).text).toContain('"entry":"sign-in"')
      expect((await page('dashboard.tenantry.app')).text).toContain('"entry":"operator"')
      expect((await page('tenantry.app')).text).toContain('"entry":"sign-in"')
      await expect(see('unclaimed.client.co.uk')).rejects.toThrow()
      expect((await api('DELETE', `/v1/domains/${id}`)).status).toBe(204)
      expect((await see('cloud.client.co.uk')).status).toBe(404)
      const [released, nowhere] = [await page('cloud.client.co.uk'), await page('tenantry.app', '/nowhere')]
      expect([released.status, released.text]).toEqual([404, nowhere.text])
    } finally {
      await caddy.stop()
    }
  },
)

test.skipIf(noNginx !== undefined)('[BMS-7] the configuration that is made for nginx serves the domain', async () => {
  const host = 'controller.example.com'
  await serve(host)
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'fullchain.pem'), controllerCertificate.cert)
  writeFileSync(join(folder, 'privkey.pem'), controllerCertificate.key)
  const { file, commands } = nginxConfiguration({
    host,
    upstream: `127.0.0.1:${node.port}`,
    webroot: folder,
    certificateFolder: folder,
  })
  expect(commands[0]).toContain(`--domain ${host}`)
  const site = file
    .replace(/^ *listen \[::\].*\n/gm, '')
    .replace('listen 80;', `listen 127.0.0.1:${httpPort};`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`)
  const main = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`)
  writeFileSync(
    main,
    `pid ${folder}/nginx.pid;\nerror_log stderr;\ndaemon off;\nworker_processes 1;\nevents {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${site}}\n`,
  )
  const nginx = await startProxy('nginx', ['-c', main, '-e', 'stderr'], httpsPort)
  try {
    const headers = { authorization: `Bearer ${north.key}`, host, 'x-tenant-id': crypto.randomUUID() }
    // The certificate is another name's: the name is judged by nginx's server_name, the chain by the test's own authority.
    const to = { port: httpsPort, host: 'controller.example', path: '/v1/tenants/current', authority: controllerCertificate.cert }
    const seen = await visit({ ...to, headers })
    expect([seen.status, JSON.parse(seen.text).id]).toEqual([200, north.tenant.id])
    const plain = await fetch(`http://127.0.0.1:${httpPort}/somewhere`, { redirect: 'manual' })
    expect(plain.status).toBe(301)
  } finally {
    await nginx.stop()
  }
})
