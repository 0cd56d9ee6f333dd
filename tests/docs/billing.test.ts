import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type BilledTenant, type BillingBench, billingBench } from '../../platform/src/billing/billing.test-support.ts'

const guide = readFileSync(new URL('../../docs/guides/billing.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let bench: BillingBench
let north: BilledTenant

beforeAll(async () => {
  bench = await billingBench()
  north = await bench.tenant()
})
afterAll(() => bench?.close())

const examples = [...guide.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

test('every command of the guide to billing does what it says', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'billing-guide-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const env = { ...process.env, URL: `http://127.0.0.1:${bench.node.port}`, KEY: north.key, INVOICE: '' }
  const answers = async (command = '') => (await run('bash', ['-euo', 'pipefail', '-c', command], { env, cwd: directory })).stdout
  const [choose, cancel, addOn, invoices] = examples
  const chosen = await answers(choose)
  for (const word of ['"state":"trialing"', '"kind":"start"', '"plan":"professional"']) expect(chosen).toContain(word)
  const canceled = await answers(cancel)
  expect(canceled).toMatch(/"cancelAt":"\d/)
  expect(canceled).toContain('"cancelAt":null')
  expect(await answers(addOn)).toContain('"addOn":"custom_domain"')
  env.INVOICE = (await north.invoices())[0].id
  expect(await answers(invoices)).toContain('"DESK-000001"')
  expect(readFileSync(join(directory, 'invoice.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
})
