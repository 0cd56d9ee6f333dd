import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../database/embedded/embedded.ts'
import { isAlive } from './test-server.ts'

export interface TestCluster {
  readonly superuserUrl: string
  readonly stop: () => Promise<void>
}

/** `tenantry-tests-<pid>-<random>` */
const folderName = /^tenantry-tests-(\d+)-\w+$/

/** A fresh PostgreSQL of one's own, for tests that alter roles, restart the server or break it. Takes a few seconds. */
export async function testCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), `tenantry-tests-${process.pid}-`))
  // Run by root, the server is somebody else, who has to get in; what is inside has its own locks.
  chmodSync(folder, 0o711)
  return startIn(folder)
}

/** Ends the servers that killed test runs left behind. */
export async function sweepTestClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = folderName.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    // Somebody else's leftovers cannot be opened, and are theirs to sweep.
    await startIn(join(tmpdir(), name)).then(
      (cluster) => cluster.stop(),
      () => undefined,
    )
  }
}

async function startIn(folder: string): Promise<TestCluster> {
  const server = await startEmbedded({ dataDirectory: join(folder, 'data'), durable: false })
  return {
    superuserUrl: server.superuserUrl,
    stop: async () => {
      await server.stop()
      for (const path of [folder, server.socketDirectory]) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
