import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { tenantry } from './processes.ts'

let script = ''
beforeAll(async () => {
  script = (await tenantry(['completion'])).stdout
})

/** What a shell offers behind these words, of which the last is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const typed = ['tenantry', ...words].map((word) => `'${word}'`).join(' ')
  const asked = `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _tenantry; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', asked])
  return stdout.split('\n').filter((word) => word !== '')
}

test('a shell completes commands, the commands of a group, and options', async () => {
  expect(await offered('te')).toEqual(['tenant'])
  expect(await offered('tenant', 'e')).toEqual(['erase'])
  expect(await offered('tenant', 'suspend', '--mo')).toEqual(['--mode'])
  expect(await offered('tenant', 'suspend', 'northwind', '--reason', 'late', '--dry')).toEqual(['--dry-run'])
  expect(await offered('serve', '--data')).toEqual(['--database-url'])
  expect(await offered('nothing', '')).toEqual([])
})

test('for zsh it is the same script behind what makes zsh read it', async () => {
  const { stdout } = await tenantry(['completion', '--shell', 'zsh'])
  expect(stdout).toContain('bashcompinit')
  expect(stdout.endsWith(script)).toBe(true)
})
