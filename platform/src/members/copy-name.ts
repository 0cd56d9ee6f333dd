import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'

export interface CopyNameOptions {
  readonly directory: Pick<Directory, 'membershipsOf' | 'catchUp'>
  readonly scope: (options: ScopeOptions) => TenantScope
}

/** A person's new name, for the pages of each tenant that he belongs to; in each, it was himself who changed it. */
export async function copyName({ directory, scope }: CopyNameOptions, person: { readonly id: string; readonly name: string }) {
  for (const { id, tenant } of await directory.membershipsOf(person.id)) {
    const inside = scope({ tenantId: tenant.id, actor: { kind: 'member', id } })
    await inside.run(sql`
      update tenantry.members set name = ${person.name}, version = version + 1
       where user_id = ${person.id}::uuid and name is distinct from ${person.name}`)
  }
  await directory.catchUp()
}
