import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'

/**
 * The certificates of the file beside those that Node trusts; undefined, Node's own alone, without a file.
 *
 * @throws Error when the file cannot be read
 */
export function authoritiesOf(file: string | undefined): readonly string[] | undefined {
  if (file === undefined) return undefined
  return [...getCACertificates('default'), readFileSync(file, 'utf8')]
}
