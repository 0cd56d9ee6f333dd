import { boot } from '../boot.ts'
import { goToTenant, isBareDomain, isOperators, leaveFor, type OwnTenant, openTenants } from './destination.ts'
import { nextPath } from './next-path.ts'
import { type Challenge, post, type SignedIn } from './send.ts'

/** What was typed, for steps that ask for it again in the same breath. Kept in memory, for as long as the page is there. */
export interface Typed {
  readonly email: string
  readonly password: string
}

export type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'code'; readonly challenge: Challenge; readonly typed?: Typed | undefined; readonly isFirst?: boolean }
  | { readonly kind: 'choose'; readonly tenants: readonly OwnTenant[] }
  /** Signed in, but on the host of somebody else's tenant. */
  | { readonly kind: 'elsewhere'; readonly tenant: OwnTenant['tenant'] }
  /** An operator who has no second factor yet: without one his session is good for nothing. */
  | { readonly kind: 'enrol'; readonly typed: Typed }

/** What follows a right answer: the next step, or the way in. */
export async function after(answer: SignedIn, typed?: Typed): Promise<Step> {
  if (answer.mfa !== undefined) return { kind: 'code', challenge: answer.mfa, typed }
  if (isOperators && typed !== undefined && answer.person?.secondFactor === false) return { kind: 'enrol', typed }
  const { tenant } = answer
  if (boot.tenant !== undefined && tenant !== undefined && tenant.slug !== boot.tenant.slug) return { kind: 'elsewhere', tenant }
  if (!isBareDomain) return leaveFor(nextPath(location.search, location.origin))
  const tenants = await openTenants()
  const [only] = tenants
  return tenants.length === 1 && only !== undefined ? goToTenant(only.tenant.id) : { kind: 'choose', tenants }
}

export async function signIn(typed: Typed): Promise<Step> {
  return after(await post('/v1/auth/sign-in', typed), typed)
}
