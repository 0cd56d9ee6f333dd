import type { PersonPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { detailsOfFamilies, type LiveFamily, liveFamiliesOf } from './family-queries.ts'
import type { ProgramSession } from './tokens.ts'

type OpenScope = (options: ScopeOptions) => TenantScope

/** Across tenants only which programs there are; what they are is asked of each tenant, as the member who the person is there. */
export async function listPrograms(
  directory: Pick<Directory, 'pool'>,
  scope: OpenScope,
  person: Pick<PersonPrincipal, 'id' | 'realmId'>,
): Promise<ProgramSession[]> {
  const live = await liveFamiliesOf(directory.pool, person)
  const known = new Map<string, ProgramSession>()
  // One after the other: somebody in a hundred tenants must not take every lane at once.
  for (const families of Map.groupBy(live, ({ tenantId }) => tenantId).values()) {
    for (const program of await programsIn(scope, person.id, families)) known.set(program.id, program)
  }
  return live.flatMap(({ id }) => known.get(id) ?? [])
}

async function programsIn(scope: OpenScope, userId: string, families: readonly LiveFamily[]): Promise<ProgramSession[]> {
  const [first] = families
  if (first === undefined) return []
  const { tenantId, tenantName, memberId } = first
  const own = scope({ tenantId, actor: { kind: 'member', id: memberId } })
  const rows = await own.run(
    detailsOfFamilies(
      userId,
      families.map(({ id }) => id),
    ),
  )
  return rows.map((row) => ({
    ...row,
    tenantId,
    tenantName,
    address: row.address ?? undefined,
    userAgent: row.userAgent ?? undefined,
  }))
}
