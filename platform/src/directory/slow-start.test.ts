import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { testDatabase } from '../testing/test-database.ts'
import { createDirectory } from './directory.ts'
import { silentProxy } from './silent-proxy.test-support.ts'

test('a database that takes longer than a reading may, when a process starts, is waited for', async () => {
  const database = await testDatabase()
  const proxy = await silentProxy(database.directoryUrl)
  try {
    proxy.fallSilent()
    const starting = createDirectory({ pool: createDirectoryPool(database.directoryUrl), url: proxy.url })
    await sleep(1_000)
    proxy.speakAgain()
    const directory = await starting
    expect(directory.isFresh()).toBe(true)
    await directory.close()
  } finally {
    proxy.close()
    await database.drop()
  }
})
