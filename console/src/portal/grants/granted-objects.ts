import { useQueries } from '@tanstack/react-query'
import { TenantryProblem } from '../../api/api.ts'
import { readObject } from '../views/object-api.ts'
import { useViews, type ViewResource } from '../views/views-query.ts'

/** What members and keys may be limited to, of the resources that the visitor sees. */
export function useGrantable(): readonly ViewResource[] {
  const resources = useViews().flatMap(({ resource }) => (resource?.grantable ? [resource] : []))
  return [...new Map(resources.map((resource) => [resource.path, resource])).values()]
}

/** What granted objects are called; the id where the visitor cannot see one, or it is gone. */
export function useGrantedNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const resources = useGrantable()
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['granted', id],
      queryFn: () => nameOf(resources, id),
      staleTime: 60_000,
    })),
  })
  return new Map(ids.map((id, index) => [id, found[index]?.data ?? id]))
}

async function nameOf(resources: readonly ViewResource[], id: string): Promise<string> {
  for (const { path, label } of resources) {
    try {
      return String((await readObject(path, id))[label] ?? id)
    } catch (error) {
      if (!(error instanceof TenantryProblem)) throw error
    }
  }
  return id
}
