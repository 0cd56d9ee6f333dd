import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestServer } from './server.test-support.ts'

test('a stop does not wait for connections that were opened ahead and never used', async () => {
  const server = await startTestServer([])
  const ahead = connect({ host: '127.0.0.1', port: server.port })
  await once(ahead, 'connect')
  await fetch(`http://127.0.0.1:${server.port}/healthz`)
  const startedAt = performance.now()
  await Promise.all([server.stop(), once(ahead, 'close')])
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
