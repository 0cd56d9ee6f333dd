import { forgetToken, isBorrowed, signInAgain } from './token.ts'

/** Ends this browser's session on this host, here and on every node. */
export async function signOut(): Promise<void> {
  // Whose tab acts as somebody else leaves that, and stays signed in as himself.
  if (isBorrowed()) return signInAgain()
  await fetch('/v1/auth/sign-out', { method: 'POST' })
  forgetToken()
  location.assign('/sign-in')
}
