import { type paths, problemOf } from '@tenantry/client'
import { boot } from '../boot.ts'

type Minted = paths['/v1/token']['post']['responses']['200']['content']['application/json']

/** Renewed this long before it ends, so that no request meets its end on the way. */
const margin = 30_000
const isOperators = boot.entry === 'operator'
const address = isOperators ? '/v1/operators/token' : '/v1/token'
/** A member's may be asked for less than he may; an operator's takes no wishes. */
const wishes = isOperators ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' }

let current: { readonly token: string; readonly until: number } | undefined
let whenOver: (() => Promise<never>) | undefined
let minting: Promise<string> | undefined

/**
 * An access token from the session of this host's cookie. It is kept in memory alone: no other page, and no script that
 * reads storage, can take it along. Who is not signed in is sent to sign in, and comes back.
 */
export function accessToken(): Promise<string> {
  // One that is not renewed is good to its last second, and then there is no other.
  const spare = whenOver === undefined ? margin : 0
  if (current !== undefined && current.until - Date.now() > spare) return Promise.resolve(current.token)
  if (whenOver !== undefined) return whenOver()
  minting ??= mint().finally(() => {
    minting = undefined
  })
  return minting
}

/**
 * For a token that came another way and is not renewed: an operator's who acts as a member. `onOver` leads away when it is over.
 */
export function borrowToken(token: string, until: string, onOver: () => Promise<never>): void {
  current = { token, until: Date.parse(until) }
  whenOver = onOver
}

/** Whether the token came another way, so that this browser's own session has nothing to do with what this tab does. */
export function isBorrowed(): boolean {
  return whenOver !== undefined
}

export function forgetToken(): void {
  current = undefined
}

async function mint(): Promise<string> {
  const response = await fetch(address, { method: 'POST', ...wishes })
  if (response.status === 401) return signInAgain()
  if (!response.ok) throw await problemOf(response)
  const { accessToken: token, expiresAt } = (await response.json()) as Pick<Minted, 'accessToken' | 'expiresAt'>
  current = { token, until: Date.parse(expiresAt) }
  return token
}

/** Never settles: the page is on its way out. */
export function signInAgain(): Promise<never> {
  if (whenOver !== undefined) return whenOver()
  const here = location.pathname + location.search
  location.assign(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`)
  return new Promise(() => {})
}
