import pg from 'pg'

/** How the global set-up tells the workers where the embedded server is. */
export const embeddedServerVariable = 'TENANTRY_TEST_SERVER_URL'

/**
 * The superuser's address of the server that tests may use: the one `TEST_DATABASE_URL` names, or the embedded one
 * that the tests' global set-up started. Any other server that happens to answer is somebody's and is left alone.
 */
export function testServerUrl(): string {
  const url = process.env.TEST_DATABASE_URL ?? process.env[embeddedServerVariable]
  if (url === undefined) {
    throw new Error('No test database server. Run the tests with `npm test`, or set TEST_DATABASE_URL to a superuser address.')
  }
  return url
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process answers EPERM: it lives.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export async function withServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tenantry tests' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
