/** Where this entry is at home: coming from there is no place to go back to. */
const own = new Set(['/sign-in', '/sign-up', '/reset-password', '/verify-email', '/invitation', '/hand-off', '/operators/accept'])

/**
 * The path of this host that `?next=` names, or the first page. Whatever a browser would read as another host's address is none:
 * a link to sign in must not lead anywhere else afterwards.
 */
export function nextPath(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get('next')
  if (wanted === null || !/^\/(?![/\\])/.test(wanted)) return '/'
  const url = URL.parse(wanted, origin)
  if (url === null || url.origin !== origin || own.has(url.pathname)) return '/'
  return url.pathname + url.search + url.hash
}
