/** A worker in a process of its own, whose handler never ends: for a test that kills it. */
import { pino } from 'pino'
import { createDirectoryPool } from '../database/connect.ts'
import { createDirectory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { createIsolation } from '../isolation/isolation.ts'
import { JobWorker } from './job-worker.ts'
import { openQueue } from './queue.ts'

const { DATABASE_URL: url = '', DIRECTORY_URL: directoryUrl = '' } = process.env
const tidy = {
  name: 'test.tidy',
  retries: 1,
  timeout: 20,
  handle: ({ ref }: { readonly ref: string }) => {
    process.send?.(ref)
    return new Promise<void>(() => undefined)
  },
}
new JobWorker({
  queue: await openQueue(directoryUrl, [tidy], console.error),
  jobs: [tidy],
  directory: await createDirectory({ pool: createDirectoryPool(directoryUrl), url: directoryUrl }),
  scope: createIsolation({ url }).scope,
  services: {} as Services,
  logger: pino({ level: 'silent' }),
})
