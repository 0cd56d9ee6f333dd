import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAcceptedFindings } from './accepted.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accepted-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string): Promise<unknown> {
  const file = join(folder, 'accepted.json')
  await writeFile(file, text)
  return readAcceptedFindings(file)
}

describe('a file of accepted findings', () => {
  it('is a list of rule, object and reason', async () => {
    const entry = { rule: 'large-object-functions', object: 'large objects', why: 'The provider gives no superuser.' }
    expect(await read(JSON.stringify([entry]))).toEqual([entry])
  })

  it.for([
    ['no JSON', 'accept everything', 'not JSON'],
    ['no reason', '[{"rule":"a","object":"b","why":""}]', 'say why'],
    ['an unknown key', '[{"rule":"a","object":"b","why":"long enough a reason","weight":"leak"}]', 'weight'],
  ] as const)('is refused with %s, naming the file', async ([, text, words]) => {
    await expect(read(text)).rejects.toThrow(words)
    await expect(read(text)).rejects.toThrow('accepted.json')
  })
})
