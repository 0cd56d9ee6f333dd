import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client, Installation } from '../../systems/bms/src/bms.test-support.ts'
import { installWithConnectors, newBuilding } from '../../systems/bms/src/connector/connector.test-support.ts'
import { type Controller, startController } from '../../systems/bms/src/connector/simulator/controller.ts'

const guide = readFileSync(new URL('../../docs/guides/bms-connector.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let installation: Installation
let controller: Controller
let mine: Client
let building: string

beforeAll(async () => {
  installation = await installWithConnectors()
  controller = await startController({ building: { name: 'Mill Yard', timeZone: 'Europe/London' }, secret: 'open sesame' })
  mine = await installation.customer()
  building = await newBuilding(mine)
})
afterAll(async () => {
  await controller?.stop()
  await installation?.close()
})

/** As a reader would type it, with the address of a controller that there is. */
async function typed(command: string) {
  const environment = { ...process.env, URL: installation.baseUrl, KEY: mine.key, BUILDING: building }
  const text = command.replace('https://bms.example.com/api/points', controller.url)
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', text], { env: environment })
  return stdout === '' ? undefined : JSON.parse(stdout)
}

test('[BMS-11] the commands of the guide set a connector, try it, show it and take it away', async () => {
  const [, block = ''] = /## Setting one\n```sh\n([\s\S]*?)```/.exec(guide) ?? []
  const commands = block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('curl'))
  expect(commands).toHaveLength(4)
  const [set, tried, shown, removed] = commands as [string, string, string, string]
  expect(await typed(set)).toMatchObject({ buildingId: building, url: controller.url, pollSeconds: 60 })
  expect(await typed(tried)).toMatchObject({ code: 'ok', refused: 0 })
  expect(await typed(shown)).toMatchObject({ failures: 0, lastFailure: null, secret: { fingerprint: expect.any(String) } })
  expect(await typed(removed)).toBeUndefined()
  expect(await typed(shown)).toMatchObject({ code: 'not_found' })
})

test('every code that a poll can end with stands in the guide', async () => {
  const sources = ['poll.ts', 'gateway.ts'].map((name) =>
    readFileSync(new URL(`../../systems/bms/src/connector/${name}`, import.meta.url), 'utf8'),
  )
  const outbound = readFileSync(new URL('../../platform/src/outbound/outbound-failure.ts', import.meta.url), 'utf8')
  const codes = [
    ...sources.flatMap((source) => [...source.matchAll(/(?:failed\(|return |: )'([a-z_]+)'/g)].map((match) => match[1] ?? '')),
    ...[...outbound.matchAll(/^ {2}\| '([a-z_]+)'/gm)].map((match) => match[1] ?? ''),
  ]
  expect(codes).toEqual(expect.arrayContaining(['refused', 'unreadable', 'network_unknown', 'secret_unreadable', 'tls_failed']))
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([])
})
