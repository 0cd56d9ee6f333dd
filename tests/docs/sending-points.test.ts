import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../../systems/bms/src/bms.test-support.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(new URL('../../docs/guides/sending-points.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let installation: Installation
let mine: Client
let building: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House' })).body.id
})
afterAll(() => installation?.close())

const examplesIn = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')

/** As a reader would run it, beside an installed workspace. */
const environment = () => ({ ...process.env, URL: installation.baseUrl, KEY: mine.key, BUILDING: building })

async function sensors(): Promise<string[]> {
  const { body } = await mine.get(`/v1/bms/sensors?buildingId=${building}`)
  return body.items.map((sensor: Record<string, string>) => `${sensor.pointType} ${sensor.unit} ${sensor.name}`.trim()).sort()
}

test('[BMS-2] every program and command of the guide stores its points', async () => {
  const programs = examplesIn('js')
  const commands = examplesIn('bash')
  expect([programs.length, commands.length]).toEqual([3, 2])
  for (const program of programs) {
    await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, env: environment() })
  }
  for (const command of commands) await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: root, env: environment() })
  expect(await sensors()).toEqual([
    'climate.co2  lobby',
    'climate.occupied  lobby',
    'power kW',
    'power kW main',
    'temperature degC lobby',
    'temperature degC roof',
  ])
}, 60_000)
