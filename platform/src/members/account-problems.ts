import { problems } from '../problems/catalogue.ts'

/** For links that make an account: there is one, and nobody has proved yet that it is his. */
export function signInFirst() {
  return problems.sign_in_required('There is an account for this address: sign in with it first.')
}

export function namelessAccount() {
  const message = 'Say what you are called: there is no account for this address yet.'
  return problems.invalid_request(message, { errors: [{ in: 'body', pointer: '/name', message }] })
}
