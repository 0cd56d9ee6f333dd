import type { PersonPrincipal } from '../access/principal.ts'
import { sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import type { RealmScope } from './realm-scope.ts'
import { operatorsRealm } from './realms.ts'

/** What makes a session one of two factors: a passkey is refused unless its authenticator has verified the person. */
const secondFactors: ReadonlySet<string> = new Set(['totp', 'backup_code', 'passkey'])

export function hadSecondFactor({ methods }: Pick<PersonPrincipal, 'methods'>): boolean {
  return methods.some((method) => secondFactors.has(method))
}

/** Of a session that began with a link which an operator, or who holds the database, made for this person. */
export const byLink = 'link'

export async function hasSecondFactor(realm: RealmScope, userId: string): Promise<boolean> {
  const row = await realm.first(sql<{ one: boolean }>`
    select u.two_factor_enabled or exists (select from identity.passkey p where p.user_id = u.id) as one
      from identity."user" u where u.id = ${userId}::uuid`)
  return row?.one === true
}

/**
 * An operator must have a second factor, so his password alone must not get one beside the one that there is, or take it away; and the first
 * one is set up in the session that his link began, or whoever finds out his password before he comes could be him.
 * Others sign in with a password alone where they have set up nothing more.
 *
 * @throws second_factor_required
 */
export async function requireSecondFactor(realm: RealmScope, person: PersonPrincipal): Promise<void> {
  if (realm.realmId !== operatorsRealm || hadSecondFactor(person)) return
  if (await hasSecondFactor(realm, person.id)) throw problems.second_factor_required('Sign in with your second factor first.')
  if (person.methods.includes(byLink)) return
  throw problems.second_factor_required(
    'The first second factor is set up by the link of an invitation: ask another operator for a new one, or use `tenantry operator invite`.',
  )
}
