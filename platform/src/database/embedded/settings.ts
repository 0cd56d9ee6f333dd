/** Given on the command line at every start, so that an old data directory gets what a newer release sets. */
export interface SettingsInput {
  readonly clusterName: string
  readonly socketDirectory: string
  readonly startedBy: string
  readonly durable: boolean
}

/** The name of the socket's file, and nothing else: there is no network. */
export const PORT = 5432

/** Not one of PostgreSQL's: our note of who started the server, in the one place that cannot survive it. */
export const STARTED_BY = 'embedded.started_by'

export function settings({ clusterName, socketDirectory, startedBy, durable }: SettingsInput): Record<string, string | number> {
  return {
    listen_addresses: '',
    port: PORT,
    unix_socket_directories: `"${socketDirectory}"`,
    unix_socket_permissions: '0700',
    cluster_name: clusterName,
    [STARTED_BY]: startedBy,

    // One that is not durable serves tests, which run installations beside each other.
    max_connections: durable ? 100 : 400,
    shared_buffers: '128MB',
    timezone: 'UTC',
    fsync: durable ? 'on' : 'off',

    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%Y-%m-%dT%H-%M-%S.log',
    log_rotation_size: '10MB',
    log_rotation_age: 0,
    log_timezone: 'UTC',
  }
}
