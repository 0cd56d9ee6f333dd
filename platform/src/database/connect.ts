import pg from 'pg'

/** Enough for look-ups on a miss; tenant rows do not come this way. */
const directoryConnections = 3

export interface DirectoryPoolOptions {
  /** Most connections; default 3. */
  readonly connections?: number
  /** As PostgreSQL shows it. */
  readonly name?: string
}

/**
 * The directory role's pool. Its statements are small, so all of them have short time-outs: a look-up that takes
 * longer than a second is an answer that has to be refused anyway.
 *
 * @param onError told of connections that break while they are idle or between two statements; the pool replaces them
 */
export function createDirectoryPool(
  url: string,
  onError: (error: Error) => void = () => undefined,
  { connections = directoryConnections, name = 'tenantry directory' }: DirectoryPoolOptions = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: name,
    connectionTimeoutMillis: 2000,
    statement_timeout: 1000,
    lock_timeout: 500,
    idle_in_transaction_session_timeout: 5000,
    // The server's time-out does not help when the server cannot be reached any more.
    query_timeout: 2000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  })
  pool.on('error', onError)
  // The pool listens while a client is idle only; a checked-out client without a listener would end the process.
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}
