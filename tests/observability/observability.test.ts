import { execFile, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { databaseWithSystems, startNode, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import { freePort } from '../../platform/src/testing/free-port.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'
import { dashboardExpressions, folder, labelsInScrape, read, ruleExpressions, selectorsOf } from './observability.test-support.ts'

const run = promisify(execFile)
const hasPrometheus = ['promtool', 'prometheus'].every((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
if (!hasPrometheus)
  console.warn('SKIPPED, for there is no prometheus and promtool on this machine: `apt-get install prometheus` brings both')

let database: TestDatabase
let node: TestNode
let metricsPort: number
let scratch: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'tenantry-observability-'))
  metricsPort = await freePort()
  database = await databaseWithSystems()
  node = await startNode(database, { metricsPort })
  const { host, key } = await tenantWithKey(node)
  for (let index = 0; index < 5; index++) await node.call('GET', '/v1/tenants/current/traffic', { host, key })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  rmSync(scratch, { recursive: true, force: true })
})

test('[CRM-7] every metric and label in the dashboard and in the rules is one that a server tells', async () => {
  const scrape = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  const told = labelsInScrape(scrape)
  const expressions = [...dashboardExpressions(), ...ruleExpressions()]
  const asked = expressions.flatMap(({ where, text }) => selectorsOf(text).map((selector) => ({ where, ...selector })))
  expect(ruleExpressions().length).toBe([...read('prometheus/rules.yml').matchAll(/expr:/g)].length)
  expect(dashboardExpressions().filter(({ text }) => selectorsOf(text).length === 0)).toEqual([])
  const missing = asked.flatMap(({ where, metric, labels }) => {
    const known = told.get(metric)
    if (known === undefined) return [`${where}: ${metric}`]
    return labels.filter((label) => !known.has(label)).map((label) => `${where}: ${metric}{${label}}`)
  })
  expect(missing).toEqual([])
})

test('[CRM-7] the metrics of requests name method, route, status and the tenant’s id, on the metrics listener alone', async () => {
  const { tenant, host, key } = await tenantWithKey(node)
  await node.call('GET', '/v1/limits', { host, key })
  await vi.waitFor(async () => {
    const scrape = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    expect(scrape).toContain(
      `tenantry_tenant_requests_total{tenant="${tenant.id}",method="GET",route="/v1/limits",status="200"} 1`,
    )
    expect(scrape).not.toContain(tenant.slug)
  })
  expect((await node.call('GET', '/metrics', { host, key })).status).toBe(404)
})

test.skipIf(!hasPrometheus)(
  '[CRM-7] promtool accepts configuration and rules, and each rule fires when it should and not else',
  async () => {
    const inFolder = { cwd: `${folder}prometheus` }
    await run('promtool', ['check', 'config', 'prometheus.yml'], inFolder)
    await run('promtool', ['check', 'rules', '--lint-fatal', 'rules.yml'], inFolder)
    const { stdout } = await run('promtool', ['test', 'rules', 'rules.test.yml'], inFolder)
    expect(stdout).toContain('SUCCESS')
  },
)

/** Panels that show something only once something went wrong. */
const emptyWhileWell = ['Failed by tenant', 'Refused by tenant']

test.skipIf(!hasPrometheus)(
  '[CRM-7] the dashboard works as shipped: a Prometheus with our configuration answers each of its questions',
  async () => {
    const port = await freePort()
    const configuration = read('prometheus/prometheus.yml')
      .replaceAll('15s', '1s')
      .replace('127.0.0.1:9464', `127.0.0.1:${metricsPort}`)
    cpSync(`${folder}prometheus/rules.yml`, join(scratch, 'rules.yml'))
    writeFileSync(join(scratch, 'prometheus.yml'), configuration)
    const flags = [`--config.file=${join(scratch, 'prometheus.yml')}`, `--storage.tsdb.path=${join(scratch, 'data')}`]
    const prometheus = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
    // A test run that dies takes its server with it.
    const kill = () => prometheus.kill('SIGKILL')
    process.once('exit', kill)
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json() as Promise<Answer>
    const query = (text: string) => ask(`query?query=${encodeURIComponent(text)}`)
    try {
      await vi.waitFor(async () => expect((await query('rate(http_requests_total[1m])')).data.result.length).toBeGreaterThan(0), {
        timeout: 50_000,
        interval: 500,
      })
      for (const { where, text } of dashboardExpressions()) {
        const answer = await query(text)
        expect(answer.status, `${where}: ${text}`).toBe('success')
        if (!emptyWhileWell.some((title) => where.includes(title)))
          expect(answer.data.result, `${where}: ${text}`).not.toEqual([])
      }
      const { data } = await ask('rules')
      expect(data.groups?.flatMap(({ rules }) => rules.map(({ lastError = '' }) => lastError)).filter(Boolean)).toEqual([])
    } finally {
      process.off('exit', kill)
      const ended = new Promise((resolve) => prometheus.once('exit', resolve))
      prometheus.kill('SIGTERM')
      await ended
    }
  },
)

interface Answer {
  readonly status: string
  readonly data: {
    readonly result: readonly unknown[]
    readonly groups?: readonly { readonly rules: readonly { readonly lastError?: string }[] }[]
  }
}
