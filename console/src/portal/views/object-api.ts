import { api } from '../../api/api.ts'

/** What a resource holds: its fields, and what the platform sets. */
export interface ObjectRow {
  readonly id: string
  readonly version: number
  readonly [field: string]: unknown
}

export interface ObjectPage {
  readonly items: readonly ObjectRow[]
  readonly nextCursor: string | null
}

/** Paths that are known when the page is drawn, and not when it was written: a declaration tells them. */
type Ask = (path: string, options?: object) => Promise<{ readonly data: unknown }>
const { GET, POST, PATCH, DELETE } = api as unknown as Record<'GET' | 'POST' | 'PATCH' | 'DELETE', Ask>

export async function readPath<Answer>(
  path: string,
  query: Readonly<Record<string, unknown>> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  return (await GET(path, { params: { query }, signal })).data as Answer
}

export const listObjects = (path: string, query: Readonly<Record<string, unknown>>) => readPath<ObjectPage>(path, query)
export const readObject = (path: string, id: string) => readPath<ObjectRow>(`${path}/${id}`)

export async function createObject(path: string, body: object): Promise<ObjectRow> {
  return (await POST(path, { body })).data as ObjectRow
}

/** @throws TenantryProblem `precondition_failed` where somebody else has changed it since */
export async function changeObject(path: string, { id, version }: ObjectRow, body: object): Promise<ObjectRow> {
  return (await PATCH(`${path}/${id}`, { body, headers: ifMatch(version) })).data as ObjectRow
}

export async function deleteObject(path: string, { id, version }: ObjectRow): Promise<void> {
  await DELETE(`${path}/${id}`, { headers: ifMatch(version) })
}

export const ifMatch = (version: number) => ({ 'if-match': `"v${version}"` })
