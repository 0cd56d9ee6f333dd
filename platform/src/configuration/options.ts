import { databaseAddress, influxAddress, integer, list, oneOf, redisAddress, text, yesNo } from './option.ts'

/** Every option there is. Types, environment names, flags, `--help` and docs/configuration.md come from here. */
export const options = {
  databaseUrl: databaseAddress({
    environment: 'DATABASE_URL',
    flag: 'database-url',
    doc: 'The app role, `<prefix>_app`. Without it `tenantry dev` starts an embedded PostgreSQL.',
  }),
  adminUrl: databaseAddress({
    environment: 'TENANTRY_ADMIN_URL',
    flag: 'admin-url',
    doc: 'The owner, for `tenantry migrate` and the maintenance worker. A server that only serves does not need it.',
  }),
  directoryUrl: databaseAddress({
    environment: 'TENANTRY_DIRECTORY_URL',
    flag: 'directory-url',
    doc: 'The directory role. Default: `<prefix>_directory` with the password of DATABASE_URL.',
  }),
  identityUrl: databaseAddress({
    environment: 'TENANTRY_IDENTITY_URL',
    flag: 'identity-url',
    doc: 'The identity role. Default: `<prefix>_identity` with the password of DATABASE_URL.',
  }),
  host: text('127.0.0.1', { environment: 'TENANTRY_HOST', flag: 'host', doc: 'Address to listen on.' }),
  port: integer(4400, [0, 65_535], { environment: 'PORT', flag: 'port', doc: 'Port to listen on; 0 takes a free one.' }),
  baseDomain: text('localhost', {
    environment: 'TENANTRY_BASE_DOMAIN',
    flag: 'base-domain',
    doc: 'Tenants live on `<slug>.<base>`, operators on `dashboard.<base>`, credentials alone on `api.<base>`.',
  }),
  publicScheme: oneOf(['http', 'https'], 'http', {
    environment: 'TENANTRY_PUBLIC_SCHEME',
    flag: 'public-scheme',
    doc: 'Scheme of the links we give out.',
  }),
  publicPort: integer(0, [0, 65_535], {
    environment: 'TENANTRY_PUBLIC_PORT',
    flag: 'public-port',
    doc: 'Port of the links we give out; 0 means the one we listen on (http) or the standard one (https).',
  }),
  trustedProxies: list({
    environment: 'TENANTRY_TRUSTED_PROXIES',
    flag: 'trusted-proxies',
    doc: 'Addresses or CIDR ranges whose `X-Forwarded-*`, `X-Request-Id` and `X-Tenant-ID` are believed.',
  }),
  proxyHops: integer(1, [1, 10], {
    environment: 'TENANTRY_PROXY_HOPS',
    flag: 'proxy-hops',
    doc: 'How many trusted proxies stand in front of the server.',
  }),
  metricsHost: text('127.0.0.1', { environment: 'TENANTRY_METRICS_HOST', flag: 'metrics-host', doc: 'Address of `/metrics`.' }),
  metricsPort: integer(0, [0, 65_535], {
    environment: 'TENANTRY_METRICS_PORT',
    flag: 'metrics-port',
    doc: 'Port of `/metrics`; 0 switches it off.',
  }),
  logLevel: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', {
    environment: 'TENANTRY_LOG_LEVEL',
    flag: 'log-level',
    doc: 'Least serious message that is logged.',
  }),
  readConnections: integer(4, [1, 16], {
    environment: 'TENANTRY_READ_CONNECTIONS',
    flag: 'read-connections',
    doc: 'PostgreSQL connections of the read lane.',
  }),
  writeConnections: integer(8, [1, 16], {
    environment: 'TENANTRY_WRITE_CONNECTIONS',
    flag: 'write-connections',
    doc: 'PostgreSQL connections of the write lane.',
  }),
  slowConnections: integer(0, [0, 16], {
    environment: 'TENANTRY_SLOW_CONNECTIONS',
    flag: 'slow-connections',
    doc: 'PostgreSQL connections for aggregates, large results and streams; 0 means as many as there are processors, 2 or 3.',
  }),
  interactiveConnections: integer(4, [1, 16], {
    environment: 'TENANTRY_INTERACTIVE_CONNECTIONS',
    flag: 'interactive-connections',
    doc: 'PostgreSQL connections for interactive transactions.',
  }),
  preparedStatements: yesNo(true, {
    environment: 'TENANTRY_PREPARED_STATEMENTS',
    flag: 'prepared-statements',
    doc: 'Switch off behind PgBouncer before 1.21 in transaction mode.',
  }),
  bodyLimit: integer(1_048_576, [1_024, 268_435_456], {
    environment: 'TENANTRY_BODY_LIMIT',
    flag: 'body-limit',
    doc: 'Largest body in bytes after inflation, where a route says nothing else.',
  }),
  requestTimeout: integer(30_000, [100, 600_000], {
    environment: 'TENANTRY_REQUEST_TIMEOUT',
    flag: 'request-timeout',
    doc: 'Milliseconds in which a whole request must have arrived.',
  }),
  headersTimeout: integer(10_000, [100, 600_000], {
    environment: 'TENANTRY_HEADERS_TIMEOUT',
    flag: 'headers-timeout',
    doc: 'Milliseconds in which the headers of a request must have arrived.',
  }),
  stallTimeout: integer(15_000, [100, 600_000], {
    environment: 'TENANTRY_STALL_TIMEOUT',
    flag: 'stall-timeout',
    doc: 'Milliseconds that an answer waits for a reader who takes nothing of it.',
  }),
  tenantRate: integer(1_000, [1, 1_000_000], {
    environment: 'TENANTRY_TENANT_RATE',
    flag: 'tenant-rate',
    doc: 'Requests a second that one tenant may send to one node.',
  }),
  keyRate: integer(1_000, [1, 36_000_000], {
    environment: 'TENANTRY_KEY_RATE',
    flag: 'key-rate',
    doc: 'Requests an hour of an API key that has no rate of its own, to one node.',
  }),
  personRate: integer(50, [1, 1_000_000], {
    environment: 'TENANTRY_PERSON_RATE',
    flag: 'person-rate',
    doc: 'Requests a second that one member, operator or other person who is signed in may send to one node.',
  }),
  addressRate: integer(100, [1, 36_000_000], {
    environment: 'TENANTRY_ADDRESS_RATE',
    flag: 'address-rate',
    doc: 'Requests an hour without a valid credential, signing in among them, that one address may send to one node.',
  }),
  lookUpRate: integer(1_000, [1, 1_000_000], {
    environment: 'TENANTRY_LOOK_UP_RATE',
    flag: 'look-up-rate',
    doc: 'Requests a second of one address for which the database is asked in vain, and for published documents, to one node.',
  }),
  networkAttempts: integer(100, [10, 1_000_000], {
    environment: 'TENANTRY_NETWORK_ATTEMPTS',
    flag: 'network-attempts',
    doc: 'Failed sign-ins of one network within a quarter of an hour, over all accounts; three times as many mails with links.',
  }),
  tenantInvitations: integer(250, [1, 1_000_000], {
    environment: 'TENANTRY_TENANT_INVITATIONS',
    flag: 'tenant-invitations',
    doc: 'Invitations that one tenant may send by mail in an hour.',
  }),
  mailUrl: text(undefined, {
    secret: true,
    environment: 'TENANTRY_MAIL_URL',
    flag: 'mail-url',
    doc: 'Mail server, `smtps://user:password@mail.example.com:465`. `file:///folder` keeps the last mail to each address there, for development. Without it mail is printed.',
  }),
  mailFrom: text('no-reply@localhost', {
    environment: 'TENANTRY_MAIL_FROM',
    flag: 'mail-from',
    doc: "Sender's address; the name beside it is the tenant's.",
  }),
  masterKeys: list({
    secret: true,
    environment: 'TENANTRY_MASTER_KEYS',
    flag: 'master-keys',
    doc: 'Keys that seal secrets and sign codes, `<version>:<base64>`, the newest first; `tenantry master-key` makes one. Sign-in needs it.',
  }),
  outboundAllowed: list({
    environment: 'TENANTRY_OUTBOUND_ALLOWED',
    flag: 'outbound-allowed',
    doc: 'Addresses, CIDR ranges and host names that tenants may have us call though they are private or without https: building controllers.',
  }),
  outboundAuthorities: text(undefined, {
    environment: 'TENANTRY_OUTBOUND_AUTHORITIES',
    flag: 'outbound-authorities',
    doc: 'PEM file of certificate authorities that are trusted, beside the public ones, by what tenants have us call.',
  }),
  domainTargets: list({
    environment: 'TENANTRY_DOMAIN_TARGETS',
    flag: 'domain-targets',
    doc: "Host names that tenants' own domains have to lead to, the first of them shown to tenants; without them the base domain and what is below it.",
  }),
  dnsServers: list({
    environment: 'TENANTRY_DNS_SERVERS',
    flag: 'dns-servers',
    doc: "Name servers that are asked about tenants' own domains, `192.0.2.1` or `192.0.2.1:5353`; without them those of the machine.",
  }),
  influxUrl: influxAddress({
    environment: 'TENANTRY_INFLUX_URL',
    flag: 'influx-url',
    doc: 'Where points lie instead of in PostgreSQL: a database of InfluxDB 1, 2 or 3, `http://user:password@host:8086/database`; for 2 and 3 the password is a token.',
  }),
  redisUrl: redisAddress({
    environment: 'REDIS_URL',
    flag: 'redis-url',
    doc: 'Redis that the nodes share for cached answers, `redis://user:password@host:6379/0`. Without it each node keeps them in memory.',
  }),
  redisTimeout: integer(100, [10, 10_000], {
    environment: 'TENANTRY_REDIS_TIMEOUT',
    flag: 'redis-timeout',
    doc: 'Milliseconds that a request waits for Redis before it works out its answer; Redis then rests for a second.',
  }),
  cacheTenantBytes: integer(262_144, [1_024, 1_073_741_824], {
    environment: 'TENANTRY_CACHE_TENANT_BYTES',
    flag: 'cache-tenant-bytes',
    doc: 'Most bytes of cached answers of one tenant, in memory or on Redis.',
  }),
  cacheBytes: integer(67_108_864, [1_024, 17_179_869_184], {
    environment: 'TENANTRY_CACHE_BYTES',
    flag: 'cache-bytes',
    doc: 'Most bytes of cached answers in the memory of a node.',
  }),
  metricsTenants: integer(20, [0, 1_000], {
    environment: 'TENANTRY_METRICS_TENANTS',
    flag: 'metrics-tenants',
    doc: 'Tenants that the metrics of requests name, by id: those with the most requests. The others are counted together.',
  }),
  acceptedFindings: text(undefined, {
    environment: 'TENANTRY_ACCEPTED_FINDINGS',
    flag: 'accepted-findings',
    doc: "JSON file of the doctor's `outside` findings that were reviewed and are lived with: `[{ rule, object, why }]`.",
  }),
  consoleFolder: text(undefined, {
    environment: 'TENANTRY_CONSOLE_FOLDER',
    flag: 'console-folder',
    doc: 'Folder of a built console, for one of your own; without it the one that comes with the package.',
  }),
  apiUrl: text(undefined, {
    environment: 'TENANTRY_API_URL',
    flag: 'api-url',
    doc: 'Which API the commands ask that are clients of one, such as `webhook listen`. Without it 127.0.0.1 and the configured port.',
  }),
  apiKey: text(undefined, {
    secret: true,
    environment: 'TENANTRY_KEY',
    flag: 'api-key',
    doc: 'API key of programs and commands that are clients of the API; a server does not read it.',
  }),
  empty: yesNo(false, { environment: 'TENANTRY_EMPTY', flag: 'empty', doc: '`tenantry dev`: start without the demo.' }),
} as const
