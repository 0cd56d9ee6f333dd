import { runWithTransaction } from '@better-auth/core/context'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import { canonicalAddress } from './address.ts'
import type { EngineOf } from './engine.ts'
import type { NewPerson, Person } from './identity.ts'
import { hashPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import type { RealmScope } from './realm-scope.ts'

const columns: SqlFragment = sql`u.id, u.realm_id, u.email, u.email_verified, u.name, u.two_factor_enabled as second_factor, u.created_at`

export function findPerson(realm: RealmScope, id: string): Promise<Person | undefined> {
  return realm.first(sql<Person>`select ${columns} from identity."user" u where u.id = ${id}::uuid`)
}

export function findPersonByEmail(realm: RealmScope, email: string): Promise<Person | undefined> {
  return realm.first(sql<Person>`select ${columns} from identity."user" u where u.email = ${email}`)
}

/** With the hash of his password, null where he has none. */
export function findWithPassword(realm: RealmScope, email: string): Promise<(Person & { password: string | null }) | undefined> {
  return realm.first(sql<Person & { password: string | null }>`
    select ${columns}, a.password from identity."user" u
      left join identity.account a on a.realm_id = u.realm_id and a.user_id = u.id and a.provider_id = 'credential'
     where u.email = ${email}`)
}

export async function renamePerson(realm: RealmScope, id: string, name: string): Promise<Person> {
  const person = await realm.first(sql<Person>`
    update identity."user" u set name = ${name}, updated_at = tenantry.clock() where u.id = ${id}::uuid returning ${columns}`)
  if (person === undefined) throw problems.not_found('There is no such person.')
  return person
}

export async function proveAddress(realm: RealmScope, id: string): Promise<Person | undefined> {
  return realm.first(sql<Person>`
    update identity."user" u set email_verified = true, updated_at = tenantry.clock() where u.id = ${id}::uuid returning ${columns}`)
}

const method = { method: 'other' } as never

/** The person and his account: both or neither. */
export async function createPerson(realm: RealmScope, engineOf: EngineOf, person: NewPerson): Promise<Person> {
  const email = canonicalAddress(person.email)
  if (person.password !== undefined) checkPassword(person.password, email)
  const password = person.password === undefined ? undefined : await hashPassword(person.password)
  const engine = await engineOf(realm.realmId)
  const id = await runWithTransaction(engine.adapter, async () => {
    const { name, verified: emailVerified } = person
    const made = await engine.internalAdapter.createUser({ email, name, emailVerified }, method).catch(refuseSecond)
    if (password !== undefined) {
      await engine.internalAdapter.linkAccount({ userId: made.id, providerId: 'credential', accountId: made.id, password })
    }
    return made.id
  })
  return (await findPerson(realm, id)) as Person
}

function refuseSecond(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'conflict') {
    throw problems.conflict('Somebody has this address already.', undefined, error)
  }
  throw error
}

export async function storePassword(engineOf: EngineOf, person: Pick<Person, 'id' | 'realmId' | 'email'>, password: string) {
  checkPassword(password, person.email)
  const { internalAdapter } = await engineOf(person.realmId)
  const hash = await hashPassword(password)
  if (await internalAdapter.findCredentialAccount(person.id)) return internalAdapter.updatePassword(person.id, hash)
  await internalAdapter.linkAccount({ userId: person.id, providerId: 'credential', accountId: person.id, password: hash })
}
