import { problemOf } from '@tenantry/client'
import { borrowToken } from '../../api/token.ts'

/** Where the link of an operator leads who acts as a member. */
export const actingPath = '/act-as'
const place = 'acting'

interface Kept {
  readonly token: string
  readonly until: string
}

/** How this tab begins: as somebody himself, as an operator who acts as somebody, or where that is over or did not come about. */
export type Beginning =
  | { readonly kind: 'himself' }
  | { readonly kind: 'acting' }
  | { readonly kind: 'over'; readonly problem?: unknown }

/**
 * The token stays in this tab: another one of the same browser is whoever its cookie says, and closing the tab ends it here.
 * So nothing that the operator does as himself on this host can be mistaken for the member's, and the other way round.
 */
export async function beginTab(): Promise<Beginning> {
  if (location.pathname === actingPath) return followLink()
  const kept = sessionStorage.getItem(place)
  if (kept === null) return { kind: 'himself' }
  const { token, until } = JSON.parse(kept) as Kept
  if (Date.parse(until) <= Date.now()) return over()
  borrowToken(token, until, leave)
  return { kind: 'acting' }
}

async function followLink(): Promise<Beginning> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  // Out of the address before anything else: it is not for the history.
  history.replaceState(null, '', actingPath)
  if (token === null) return over()
  const response = await fetch('/v1/auth/operator-access', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!response.ok) return { ...over(), problem: await problemOf(response) }
  const { accessToken, expiresAt } = (await response.json()) as { accessToken: string; expiresAt: string }
  const kept: Kept = { token: accessToken, until: expiresAt }
  sessionStorage.setItem(place, JSON.stringify(kept))
  borrowToken(accessToken, expiresAt, leave)
  history.replaceState(null, '', '/')
  return { kind: 'acting' }
}

function over(): { readonly kind: 'over' } {
  sessionStorage.removeItem(place)
  return { kind: 'over' }
}

/** Whether an operator acts in this tab. */
export function isActing(): boolean {
  return sessionStorage.getItem(place) !== null
}

/** To the page that says that it is over. Never settles: the page is on its way out. */
export function leave(): Promise<never> {
  over()
  location.assign(actingPath)
  return new Promise(() => {})
}
