import { Client } from 'pg'
import type { Services } from '../http/route.ts'
import type { Side } from '../isolation/attack/world.ts'
import { eraseTenant } from '../tenants/erase-tenant.ts'
import { afterId } from '../tenants/tenant-list.ts'
import { attackDomain, attackerActor } from './attack-tenants.ts'

export interface RemovalParts {
  readonly services: Services
  /** As the owner: everything goes at once. Without it tenants are marked for erasure and operators disabled. */
  readonly adminUrl: string | undefined
}

/** The synthetic tenants, and those that operators' routes made on the way: their names begin with the canary. */
export async function removeTenants({ services, adminUrl }: RemovalParts, sides: readonly Side[]): Promise<void> {
  const ids: string[] = []
  for (const { canary } of sides) ids.push(...(await tenantsNamed(services, canary)))
  if (adminUrl === undefined) {
    const doer = { actor: attackerActor }
    for (const id of ids) await services.tenants.move(id, 'erase', { reason: 'End of the attack' }, doer).catch(() => undefined)
    return
  }
  await asOwner(adminUrl, async (client) => {
    for (const id of ids) {
      const { legalHold } = await services.tenants.read(id, { actor: attackerActor })
      if (legalHold) await services.tenants.hold(id, false, 'End of the attack', { actor: attackerActor })
      await eraseTenant(client, id, { force: true })
    }
  })
}

/** Operators that the attack made, its own among them. */
export async function removeOperators({ services, adminUrl }: RemovalParts): Promise<void> {
  if (adminUrl === undefined) {
    const operators = (await services.operators.list()).filter(({ email }) => email.endsWith(attackDomain))
    for (const { id, disabledAt } of operators) if (disabledAt === null) await services.operators.disable(id)
    return
  }
  await asOwner(adminUrl, async (client) => {
    const made = `select id from tenantry.operators where right(email, ${attackDomain.length}) = '${attackDomain}'`
    await client.query(`delete from tenantry.operator_keys where operator_id in (${made})`)
    await client.query(`delete from tenantry.operators where id in (${made})`)
  })
}

/** Everybody whom the attack made, operators as persons among them. Without the owner they stay, as people who belong nowhere. */
export async function removePeople({ adminUrl }: RemovalParts): Promise<void> {
  if (adminUrl === undefined) return
  const made = `right(email, ${attackDomain.length}) = '${attackDomain}'`
  await asOwner(adminUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from tenantry.realms')
    for (const { id } of rows) {
      // One transaction: the policy of persons asks for the realm, the owner too.
      await client.query('begin')
      await client.query("select set_config('tenantry.realm', $1, true)", [id])
      await client.query(`delete from identity."user" where ${made}`)
      await client.query('commit')
    }
    await client.query(`delete from tenantry.sign_ups where ${made}`)
  })
}

async function asOwner(adminUrl: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: adminUrl, application_name: 'tenantry attack' })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function tenantsNamed(services: Services, beginning: string): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await services.tenants.list({ search: beginning }, { after: afterId(after), limit: 200 })
    // A search finds the word anywhere, and whoever else has it in his name is to stay.
    ids.push(...page.filter(({ slug, name }) => slug.startsWith(beginning) || name.startsWith(beginning)).map(({ id }) => id))
    after = page.at(-1)?.id
    if (page.length < 200) return ids
  }
}
