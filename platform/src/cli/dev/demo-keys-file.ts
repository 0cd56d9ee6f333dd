import { acceptUrl } from '../../operators/operator-invitations.ts'
import type { Tenantry } from '../../server/create-tenantry.ts'
import type { Demo, DemoKeys, DemoPerson, DemoTenant } from '../project.ts'
import { readPrivate, writePrivate } from './dev-folder.ts'

/** A demo tenant whose keys are known. */
export interface OpenTenant extends Omit<DemoTenant, 'keys'> {
  readonly keys: DemoKeys
}

interface KeysFile {
  /** Of the database in which these tenants are: another one has to be seeded anew. */
  readonly installation: string
  readonly tenants: readonly OpenTenant[]
  readonly people: readonly DemoPerson[]
  readonly operator: DemoOperator
}

/** Chooses his password himself. */
export interface DemoOperator {
  readonly email: string
  /** Good once, for a day. */
  readonly link: string
}

export interface OpenDemo {
  readonly tenants: readonly OpenTenant[]
  readonly people: readonly DemoPerson[]
  readonly operator: DemoOperator
  /** True when keys were made just now and have to be shown. */
  readonly isNew: boolean
}

/**
 * The demo with its keys and passwords, made once and kept in the file since. What became of its tenants afterwards is the developer's
 * business: an erased one is not made again. Keys that nobody has any more (the file was deleted, or the process was killed
 * before it wrote) are replaced by new ones.
 */
export async function openDemo(tenantry: Tenantry, demo: Demo, installation: string, file: string): Promise<OpenDemo> {
  const known = readPrivate<KeysFile>(file)
  if (known?.installation === installation && 'people' in known) {
    return { ...known, tenants: await living(tenantry, known.tenants), isNew: false }
  }
  const tenants: OpenTenant[] = []
  for (const { keys, ...tenant } of await demo.seed(tenantry)) {
    tenants.push({ ...tenant, keys: keys ?? (await demo.renewKeys(tenantry, tenant.tenantId)) })
  }
  const people = (await demo.renewPeople?.(tenantry)) ?? []
  const made = { installation, tenants, people, operator: await inviteOperator(tenantry) } satisfies KeysFile
  writePrivate(file, made)
  return { ...made, isNew: true }
}

async function inviteOperator({ services, addressOf }: Tenantry): Promise<DemoOperator> {
  const email = 'operator@example.com'
  const { token } = await services.operators.invite({ email, name: 'Operator of the demo' })
  return { email, link: acceptUrl(addressOf('dashboard'), token) }
}

async function living({ directory }: Tenantry, tenants: readonly OpenTenant[]): Promise<OpenTenant[]> {
  const entries = await Promise.all(tenants.map(({ tenantId }) => directory.tenantById(tenantId)))
  return tenants.filter((_, index) => ['active', 'suspended'].includes(entries[index]?.status ?? 'erased'))
}
