import { problems } from '../problems/catalogue.ts'

const shortest = 12
const longest = 256

/**
 * Length is what counts. A list of passwords that are known elsewhere would be asked here, where an installation has one.
 *
 * @throws invalid_request
 */
export function checkPassword(password: string, email: string): void {
  const text = password.normalize('NFKC')
  const length = [...text].length
  if (length < shortest) refuse(`must have at least ${shortest} characters`)
  if (length > longest) refuse(`must have at most ${longest} characters`)
  if (text.toLowerCase() === email) refuse('must not be the mail address')
  if (new Set(text).size < 4) refuse('must not be a few characters over and over')
}

function refuse(message: string): never {
  throw problems.invalid_request('This password cannot be used.', { errors: [{ path: 'password', message }] })
}
