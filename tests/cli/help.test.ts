import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { commands } from '../../platform/src/cli/commands.ts'
import { commandLineReference } from '../../platform/src/cli/reference.ts'
import { tenantry } from './processes.ts'

test('every command explains itself, examples first, without a database', async () => {
  await Promise.all(
    commands.map(async ({ name, examples, summary }) => {
      const { code, stdout, stderr } = await tenantry([...name.split(' '), '--help'])
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' })
      expect(stdout.indexOf(examples[0] ?? '')).toBeLessThan(stdout.indexOf('Usage:'))
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary)
      expect(stdout).toContain('--json')
    }),
  )
}, 60_000)

test('help names every command', async () => {
  const { code, stdout } = await tenantry(['--help'])
  expect(code).toBe(0)
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'))
  expect((await tenantry(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('help is there at once: it takes a few times as long as the runtime itself takes to start', async () => {
  const help: number[] = []
  const bare: number[] = []
  for (let attempt = 0; attempt < 7; attempt += 1) {
    bare.push(await milliseconds(() => promisify(execFile)(process.execPath, ['--eval', '0'])))
    help.push(await milliseconds(() => tenantry(['tenant', 'create', '--help'])))
  }
  // 150 ms are promised where a bare start takes 40: a command that loads the whole platform takes thirty times as long.
  expect(Math.min(...help) / Math.min(...bare)).toBeLessThan(8)
})

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

test.each([
  ['an unknown command', ['tenants']],
  ['an unknown option', ['tenant', 'list', '--al']],
  ['a group without a command', ['tenant']],
  ['nothing at all', []],
  ['a missing argument', ['tenant', 'show']],
  ['one argument too many', ['tenant', 'show', 'a', 'b']],
  ['a missing option', ['tenant', 'create', 'northwind']],
  ['a wrong choice', ['tenant', 'list', '--status', 'gone']],
  ['a wrong value of the configuration', ['serve', '--port', 'http']],
  ['a wrong number', ['tenant', 'list', '--limit', '0']],
  ['a configuration that is not there', ['openapi', '--config', 'nowhere.ts']],
])('%s ends with 2 and a sentence', async (_, args) => {
  const { code, stderr, stdout } = await tenantry(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.length).toBeGreaterThan(20)
})

test('with --json a mistake is JSON as well', async () => {
  const { code, json } = await tenantry(['tenant', 'list', '--status', 'gone', '--json'])
  expect(code).toBe(2)
  expect(json.error).toMatchObject({ code: 'usage', message: expect.stringContaining('gone') })
})

test('docs/guides/command-line.md is what the commands say', async () => {
  await expect(commandLineReference()).toMatchFileSnapshot('../../docs/guides/command-line.md')
})

test('openapi prints the document of all routes', async () => {
  const { code, json } = await tenantry(['openapi', '--json'])
  expect(code).toBe(0)
  expect(json.openapi).toBe('3.1.0')
  expect(json.paths['/v1/bms/buildings']).toBeDefined()
})
