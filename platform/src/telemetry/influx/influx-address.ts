/** Where points are in InfluxDB, as it was configured. */
export interface InfluxAddress {
  /** `http://influx.internal:8086` */
  readonly origin: string
  readonly database: string
  /** Of the header `Authorization`; undefined where InfluxDB asks for nothing. */
  readonly authorization: string | undefined
}

/**
 * Reads `http://user:password@host:8086/database`. For InfluxDB 2 and 3 the password is the token; the user then is not looked at.
 *
 * @throws Error that says what would be right, and never the password.
 */
export function readInfluxAddress(text: string): InfluxAddress {
  const url = URL.parse(text)
  const database = url === null ? '' : decodeURIComponent(url.pathname.slice(1))
  if (url === null || !/^https?:$/.test(url.protocol) || !/^[\w.-]{1,64}$/.test(database) || url.search + url.hash !== '') {
    throw new Error('must be the address of a database in InfluxDB, http://user:password@host:8086/database')
  }
  const [user, password] = [url.username, url.password].map(decodeURIComponent)
  return {
    origin: url.origin,
    database,
    authorization: password ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined,
  }
}
