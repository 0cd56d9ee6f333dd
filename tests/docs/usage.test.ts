import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MeteredTenant, type UsageBench, usageBench } from '../../platform/src/usage/usage.test-support.ts'

const guide = readFileSync(new URL('../../docs/guides/usage.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let bench: UsageBench
let north: MeteredTenant

beforeAll(async () => {
  bench = await usageBench()
  north = await bench.tenant()
})
afterAll(() => bench?.close())

const examplesIn = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')

test('every command of the guide to usage does what it says', async () => {
  const env = { ...process.env, URL: `http://127.0.0.1:${bench.node.port}`, KEY: north.key }
  const [report, correct, read] = examplesIn('bash')
  const answers = async (command = '') => (await run('bash', ['-euo', 'pipefail', '-c', command], { env })).stdout
  expect(JSON.parse(await answers(report))).toEqual(JSON.parse(examplesIn('json')[0] ?? ''))
  expect(JSON.parse(await answers(correct))).toMatchObject({ accepted: 1 })
  const told = await answers(read)
  for (const word of ['"three transfers"', '"runsOutAt"', '"transactions30d":2']) expect(told).toContain(word)
})
