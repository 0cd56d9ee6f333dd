import { createHash } from 'node:crypto'

/** SHA-256 in hex of what a request asks for; a repeated request has the same one. */
export function fingerprintOf(
  method: string,
  url: string,
  contentType: string | undefined,
  body: Uint8Array | undefined,
): string {
  const hash = createHash('sha256').update(JSON.stringify([method, url, contentType ?? '']))
  if (body) hash.update(body)
  return hash.digest('hex')
}
