import { randomBytes } from 'node:crypto'
import { listResources, type Tenantry } from 'tenantry'
import { buildings } from '../resources.ts'
import { demoActor } from './demo-keys.ts'
import { portfolios } from './portfolio.ts'

/** Somebody who can sign in to the demo. */
export interface DemoPerson {
  readonly email: string
  readonly name: string
  readonly password: string
  /** What he is, by the slug of the tenant. */
  readonly roles: Readonly<Record<string, string>>
}

interface Wanted {
  readonly email: string
  readonly name: string
  readonly roles: Readonly<Record<string, Role>>
  /** Of one building only. */
  readonly limited?: true
}
type Role = 'owner' | 'admin' | 'manager' | 'user' | 'viewer'

const everyRole: readonly Role[] = ['owner', 'admin', 'manager', 'user', 'viewer']

/** One of each role in every tenant, one who belongs to all of them, and one who reaches a single building. */
const wanted: readonly Wanted[] = [
  ...portfolios.flatMap(({ slug, name }) =>
    everyRole.map(
      (role): Wanted => ({ email: `${role}@${slug}.example`, name: `${capital(role)} of ${name}`, roles: { [slug]: role } }),
    ),
  ),
  {
    email: 'both@example.com',
    name: 'Belongs to several',
    roles: { northwind: 'manager', harbour: 'viewer', 'demo-corp': 'admin' },
  },
  { email: 'caretaker@northwind.example', name: 'Caretaker of one building', roles: { northwind: 'user' }, limited: true },
]

/**
 * Makes the people of the demo, each with a password that is known from now on only. Those of an earlier time are none any more.
 *
 * @example
 * for (const { email, password } of await renewDemoPeople(tenantry)) console.log(email, password)
 */
export async function renewDemoPeople(tenantry: Tenantry): Promise<DemoPerson[]> {
  const people: DemoPerson[] = []
  for (const person of wanted) people.push(await renewPerson(tenantry, person))
  return people
}

async function renewPerson(tenantry: Tenantry, { email, name, roles, limited }: Wanted): Promise<DemoPerson> {
  const { identity, members } = tenantry.services
  const password = newPassword()
  for (const [slug, role] of Object.entries(roles)) {
    const tenant = await tenantry.directory.tenantBySlug(slug)
    if (tenant === undefined) continue
    const scope = tenantry.scope({ tenantId: tenant.id, actor: demoActor })
    const known = await identity.findUserByEmail(tenant.realmId, email)
    const person = known ?? (await identity.createUser(tenant.realmId, { email, name, password, verified: true }))
    await identity.setPassword(person, password)
    if ((await tenantry.directory.member(tenant.id, person.id)) !== undefined) continue
    const [first] = (await listResources(scope, buildings, { limit: 1 })).items
    const reach = limited && first ? ({ reach: 'granted', grants: [String(first.id)] } as const) : {}
    await members.add(scope, { email, name, role, ...reach })
  }
  return { email, name, password, roles }
}

/** Sixty random bits that can be typed. */
function newPassword(): string {
  const letters = [...randomBytes(12)].map((byte) => 'abcdefghjkmnpqrstuvwxyz23456789'[byte % 31]).join('')
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
