import { post, type SignedIn } from './send.ts'

/** Passkeys are of a host's name: an address of numbers has none. */
export const canUsePasskeys =
  'PublicKeyCredential' in window &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential &&
  !/^[\d.:[\]]+$/.test(location.hostname)

/** @throws DOMException `NotAllowedError` where the visitor does not go on */
export async function signInByPasskey(): Promise<SignedIn> {
  const { challenge, options } = await post('/v1/auth/passkeys/options', undefined as never)
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never)
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  return post('/v1/auth/passkeys/sign-in', { challenge, response: credential.toJSON() as never })
}

export function wasGivenUp(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')
}
