/**
 * Addresses of PostgreSQL, `postgres://user:password@host:port/database?options`.
 * A socket is given by `?host=/folder`; the host part may then be empty, which the URL parser alone refuses.
 */
const emptyHost = 'socket.invalid'

function parse(address: string): URL {
  const url = URL.canParse(withHost(address)) ? new URL(withHost(address)) : undefined
  // The address itself holds a password: it is never part of a message.
  if (url && ['postgres:', 'postgresql:'].includes(url.protocol)) return url
  throw new Error('A database address is not valid. Write it as postgres://user:password@host:5432/database.')
}

function withHost(address: string): string {
  return address.replace('@/', `@${emptyHost}/`)
}

function format(url: URL): string {
  return url.href.replace(`@${emptyHost}`, '@')
}

/** The same server and database as somebody else. Without a password the address carries none. */
export function withUser(address: string, user: string, password?: string): string {
  const url = parse(address)
  url.username = encodeURIComponent(user)
  url.password = password === undefined ? '' : encodeURIComponent(password)
  return format(url)
}

/** The same server and user, another database. */
export function withDatabase(address: string, database: string): string {
  const url = parse(address)
  url.pathname = `/${encodeURIComponent(database)}`
  return format(url)
}

export function userOf(address: string): string {
  return decodeURIComponent(parse(address).username)
}

/** The password in the address, or undefined. */
export function passwordOf(address: string): string | undefined {
  const { password } = parse(address)
  return password === '' ? undefined : decodeURIComponent(password)
}

export function databaseOf(address: string): string {
  return decodeURIComponent(parse(address).pathname.slice(1))
}
