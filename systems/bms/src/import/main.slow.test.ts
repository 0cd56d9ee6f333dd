import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let folder: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  await mine.post('/v1/bms/buildings', { name: 'Office', timeZone: 'America/New_York' })
  folder = await mkdtemp(join(tmpdir(), 'bms-import-'))
})
afterAll(async () => {
  await installation?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The command as somebody types it, in a process of its own. */
async function run(content: string, args: readonly string[] = [], key = mine.key): Promise<{ code: number; said: string }> {
  const file = join(folder, 'office.csv')
  await writeFile(file, content)
  const command = [
    fileURLToPath(new URL('main.ts', import.meta.url)),
    'office-temperature',
    file,
    '--url',
    installation.baseUrl,
    ...args,
  ]
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { ...process.env, TENANTRY_KEY: key } }, (error, _, said) => {
      resolve({ code: Number(error?.code ?? 0), said: said.trim() })
    })
  })
}

const good = 'timestamp,value\n2013-07-04 00:00:00,69.9\n2013-07-04 01:00:00,71.2\n'
const told = ['--building', 'Office', '--zone', '-05:00']

test('sends a file and says how much of it was new, the second time nothing', async () => {
  expect(await run(good, told)).toEqual({ code: 0, said: 'office.csv: 2 points sent, 2 of them new' })
  expect(await run(good, told)).toEqual({ code: 0, said: 'office.csv: 2 points sent, 0 of them new' })
})

test.each([
  ['a bad line', `${good}2013-07-04 02:00:00,warm\n`, told, 'line 4: "value" is not a number'],
  ['a building that is not there', good, ['--building', 'Attic', '--zone', 'UTC'], 'There is no building "Attic".'],
])('%s ends it with status 1 and one line that says what to do', async (_, content, args, message) => {
  expect(await run(content, args)).toEqual({ code: 1, said: message })
})

test("a key that is not accepted is told in the server's words", async () => {
  const { code, said } = await run(good, told, 'tk_wrong')
  expect([code, said.split('\n').length]).toEqual([1, 1])
})

test('without what it needs it shows its help and ends with status 2', async () => {
  const { code, said } = await run(good, ['--building', 'Office'])
  expect([code, said]).toEqual([2, expect.stringContaining('--zone')])
})
