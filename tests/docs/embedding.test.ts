import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { main } from '../../examples/embedding/billing.ts'
import { emptyDatabase } from '../../platform/src/testing/empty-database.ts'

test("the README's embedding example runs: two tenants, one table, each sees its own", async () => {
  const database = await emptyDatabase()
  const said: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  try {
    await main(database.databaseUrl, database.adminUrl)
  } finally {
    log.mockRestore()
    await database.drop()
  }
  expect(said.filter((line) => !line.startsWith('{'))).toEqual([
    'baker: a customer of the baker',
    'brewer: a customer of the brewer',
    'doctor: 0 leaks',
  ])
})

test('the README shows the example as it is', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const readme = read('README.md')
  const blocks = [...readme.matchAll(/```(?:ts|sql)\n([\s\S]*?)```/g)].map((match) => match[1])
  expect(blocks).toContain(read('examples/embedding/billing.ts'))
  expect(blocks).toContain(read('examples/embedding/migrations/0001_invoices.sql'))
})
