import { problems } from '../problems/catalogue.ts'

const longest = 254
const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * A mail address as it is stored and compared everywhere. Only ASCII: `аda@example.com` with a Cyrillic letter is nobody's address
 * that anybody meant. Wide and other compatible forms of ASCII are read as what they stand for.
 *
 * @throws invalid_request
 * @example
 * canonicalAddress(' Ada@Example.COM ')  // 'ada@example.com'
 */
export function canonicalAddress(text: string): string {
  const address = text.normalize('NFKC').trim().toLowerCase()
  const at = address.lastIndexOf('@')
  if (
    address.length > longest ||
    at > 64 ||
    !local.test(address.slice(0, Math.max(0, at))) ||
    !domain.test(address.slice(at + 1))
  ) {
    throw problems.invalid_request('This is not a mail address that can be used here.', {
      errors: [{ path: 'email', message: 'must be a mail address of plain letters, such as ada@example.com' }],
    })
  }
  return address
}
