/** The browser sends a `__Host-` cookie to exactly the host that set it, and takes none that a neighbour or plain HTTP sets. */
const name = '__Host-session'
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** Seconds that a browser keeps it; how long it is good for the session says. */
const longest = 90 * 24 * 3600

export const noCookie = `${name}=; Max-Age=0; ${attributes}`

export function cookieOf(token: string): string {
  return `${name}=${token}; Max-Age=${longest}; ${attributes}`
}

/** Undefined when there is none, or more than one: which of two counts must not be a matter of who reads them. */
export function tokenOfCookies(header: string | undefined): string | undefined {
  const found = (header ?? '').split(';').flatMap((pair) => {
    const [key, value] = pair.trim().split('=', 2)
    return key === name ? [value ?? ''] : []
  })
  const [token] = found
  return found.length === 1 && token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined
}
